import { Dialog, showDialog } from '@jupyterlab/apputils';
import { Widget } from '@lumino/widgets';

import { CommandIDs, type Context } from './context';
import type { VerifyOptions } from './contract';
import { element } from './dom';
import type { PlannedNotebook } from './planned';
import { target } from './preview';
import { announce } from './toast';

const MINUTES = 15; // of one run: what the server takes, too

/** Start a verification, with the options that were last chosen for this notebook. */
export async function verify(notebook: PlannedNotebook, context: Context): Promise<void> {
  const { api, app, jobs, trans } = context;
  const subject = { ...notebook.subject(), ...target(notebook), options: notebook.options };
  const work = api.verify(subject);
  const job = await announce(trans.__('Starting verification'), work, () => null);
  if (job) {
    jobs.follow(job);
    await app.commands.execute(CommandIDs.open);
  }
}

/** Ask how to verify, keep that for the next time, and do it. */
export async function verifyWith(notebook: PlannedNotebook, context: Context): Promise<void> {
  const { trans } = context;
  const answer = await showDialog({
    title: trans.__('Verify the package'),
    body: new OptionFields(notebook.options, context),
    buttons: [Dialog.cancelButton(), Dialog.okButton({ label: trans.__('Verify') })],
    focusNodeSelector: 'select'
  });
  if (answer.button.accept && answer.value) {
    notebook.options = answer.value;
    await verify(notebook, context);
  }
}

/** The fields of the dialog. */
class OptionFields extends Widget implements Dialog.IBodyWidget<VerifyOptions> {
  constructor(given: VerifyOptions, context: Context) {
    super();
    this.addClass('jp-nb2prod-target');
    const { trans } = context;
    const minutes = `${(given.timeout ?? MINUTES * 60) / 60}`;
    this.kernel = element(
      'select',
      { class: 'jp-mod-styled', name: 'kernel' },
      element('option', { value: '' }, trans.__("the notebook's own")),
      ...pythonKernels(context).map(([name, label]) => element('option', { value: name }, label))
    );
    this.kernel.value = given.kernel ?? '';
    this.minutes = element('input', {
      ...{ class: 'jp-mod-styled', name: 'minutes', type: 'number' },
      ...{ min: '0.1', max: '1440', step: 'any', value: minutes }
    });
    this.network = check('network', given.network);
    this.tests = check('tests', given.tests);
    this.node.append(
      element('label', {}, trans.__('Kernel environment'), this.kernel),
      element('label', {}, trans.__('Minutes for one run, at most'), this.minutes),
      element('label', {}, this.network, trans.__('May use the network')),
      element('label', {}, this.tests, trans.__('Add tests made of this run to the package'))
    );
  }

  getValue(): VerifyOptions {
    const minutes = Number(this.minutes.value);
    return {
      kernel: this.kernel.value || null,
      timeout: minutes > 0 ? Math.min(minutes, 1440) * 60 : null,
      network: this.network.checked,
      tests: this.tests.checked
    };
  }

  private readonly kernel: HTMLSelectElement;
  private readonly minutes: HTMLInputElement;
  private readonly network: HTMLInputElement;
  private readonly tests: HTMLInputElement;
}

function check(name: string, checked: boolean | undefined): HTMLInputElement {
  return element('input', { type: 'checkbox', name, checked: checked ?? false });
}

/** The installed kernels of Python, by name and as the launcher shows them. */
function pythonKernels({ app }: Context): [string, string][] {
  const specs = Object.values(app.serviceManager.kernelspecs.specs?.kernelspecs ?? {});
  return specs.flatMap(spec =>
    spec?.language === 'python' ? [[spec.name, spec.display_name] as [string, string]] : []
  );
}
