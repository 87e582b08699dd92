import { MainAreaWidget } from '@jupyterlab/apputils';
import { CodeEditor } from '@jupyterlab/codeeditor';
import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

import type { Context } from './context';
import type { PreviewFile } from './contract';
import { button, element } from './dom';
import { packageIcon } from './icon';
import { diffLines } from './lines';
import type { PlannedNotebook } from './planned';
import { announce } from './toast';

/** Open a tab with every file that would be made, and what would change against what is there. */
export async function openPreview(notebook: PlannedNotebook, context: Context): Promise<void> {
  const { api, app, trans } = context;
  const subject = { ...notebook.subject(), ...target(notebook) };
  const message = trans.__('Making a preview');
  const answer = await announce(message, api.preview(subject), () => null);
  if (!answer) {
    return;
  }
  const id = `nb2prod-preview-${notebook.panel.id}`;
  [...app.shell.widgets('main')].find(widget => widget.id === id)?.close();
  const widget = new MainAreaWidget({ content: new Preview(answer.files, context) });
  widget.id = id;
  widget.title.label = trans.__(
    'Preview: %1',
    notebook.plan?.package ?? notebook.panel.title.label
  );
  widget.title.icon = packageIcon;
  widget.title.closable = true;
  app.shell.add(widget, 'main', { ref: notebook.panel.id });
  app.shell.activateById(id);
}

/** Name and folder that the user chose, or the plan proposes. */
export function target({ plan, chosen }: PlannedNotebook): { package?: string; folder?: string } {
  return plan ? { package: plan.package, folder: plan.folder, ...chosen } : chosen;
}

class Preview extends Widget {
  constructor(
    files: PreviewFile[],
    private readonly context: Context
  ) {
    super();
    this.addClass('jp-nb2prod-preview');
    const names = files.map(file => this.entry(file));
    this.node.append(
      element('div', { class: 'jp-nb2prod-files', role: 'list' }, ...names),
      this.shown
    );
    const readme = files.findIndex(file => file.path === 'README.md');
    this.first = names[Math.max(readme, 0)]?.querySelector('button') ?? null;
  }

  /** Show the first file only now: an editor has to be seen to be measured. */
  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.first?.click();
    this.first = null;
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    if (this.isVisible) {
      this.onAfterShow(message);
    }
  }

  override dispose(): void {
    this.editor?.dispose();
    super.dispose();
  }

  private entry(file: PreviewFile): HTMLElement {
    const name = button(file.path, () => this.select(name, file), { 'data-change': file.change });
    name.append(element('span', { class: 'jp-nb2prod-change' }, this.changeText(file)));
    return element('div', { role: 'listitem' }, name);
  }

  private changeText({ change }: PreviewFile): string {
    const { trans } = this.context;
    const texts = {
      add: trans.__('new'),
      replace: trans.__('changed'),
      remove: trans.__('removed'),
      unchanged: '',
      keep: trans.__('kept'),
      refused: trans.__('yours')
    };
    return texts[change];
  }

  private select(name: HTMLElement, file: PreviewFile): void {
    this.node.querySelector('[aria-pressed]')?.removeAttribute('aria-pressed');
    name.setAttribute('aria-pressed', 'true');
    const { trans } = this.context;
    const views = [
      element('b', {}, file.path),
      file.text !== null && button(trans.__('File'), () => this.showText(file)),
      file.diff !== '' && button(trans.__('Changes'), () => this.showDiff(file))
    ];
    this.shown.replaceChildren(element('div', { class: 'jp-nb2prod-header' }, ...views), this.text);
    if (file.diff && file.change !== 'add') {
      this.showDiff(file);
    } else {
      this.showText(file);
    }
  }

  private showDiff(file: PreviewFile): void {
    this.clear();
    const lines = diffLines(file.diff).map(({ kind, text }) =>
      element('span', { 'data-line': kind }, `${text}\n`)
    );
    this.text.append(element('pre', { class: 'jp-nb2prod-diff', tabindex: '0' }, ...lines));
  }

  private showText(file: PreviewFile): void {
    this.clear();
    const { trans, editors } = this.context;
    if (file.text === null) {
      this.text.append(trans._n('%1 byte', '%1 bytes', file.bytes));
    } else if (editors) {
      const mimeType = editors.mimeTypeService.getMimeTypeByFilePath(file.path);
      const model = new CodeEditor.Model({ mimeType });
      model.sharedModel.setSource(file.text);
      const config = { readOnly: true, lineNumbers: true };
      const host = element('div', { class: 'jp-nb2prod-editor' });
      this.text.append(host);
      this.editor = editors.factoryService.newDocumentEditor({ host, model, config });
    } else {
      this.text.append(element('pre', { tabindex: '0' }, file.text));
    }
  }

  private clear(): void {
    this.editor?.dispose();
    this.editor = null;
    this.text.replaceChildren();
  }

  private first: HTMLElement | null;
  private editor: CodeEditor.IEditor | null = null;
  private readonly text = element('div', { class: 'jp-nb2prod-text' });
  private readonly shown = element('div', { class: 'jp-nb2prod-file' });
}
