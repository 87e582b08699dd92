"use strict";(self.rspackChunknb2prod=self.rspackChunknb2prod||[]).push([[263],{538(r,o,e){var n=e(145),p=e.n(n),a=e(161),t=e.n(a),i=e(502),d=e.n(i),l=e(665),c=e.n(l),s=e(477),u=e.n(s),f=e(42),b=e.n(f),j=e(470),v={};v.styleTagTransform=b(),v.setAttributes=c(),v.insert=d().bind(null,"head"),v.domAPI=t(),v.insertStyleElement=u(),p()(j.A,v),j.A&&j.A.locals&&j.A.locals},470(r,o,e){var n=e(688),p=e.n(n),a=e(801),t=(e.n(a))()(p());t.push([r.id,`/* Only Jupyter's own variables: what is light or dark is the theme's business. */

.jp-nb2prod-panel {
  background: var(--jp-layout-color1);
  color: var(--jp-ui-font-color1);
  font-family: var(--jp-ui-font-family);
  font-size: var(--jp-ui-font-size1);
  overflow: auto;
  min-width: 280px;
}

.jp-nb2prod-header {
  display: flex;
  flex-wrap: wrap;
  gap: 6px;
  align-items: center;
  padding: 8px;
  border-bottom: var(--jp-border-width) solid var(--jp-border-color2);
}

.jp-nb2prod-group {
  display: flex; /* what belongs together wraps together */
  gap: 2px;
}

.jp-nb2prod-button {
  padding: 3px 8px;
  color: var(--jp-ui-font-color1);
  background: var(--jp-layout-color2);
  border: var(--jp-border-width) solid var(--jp-border-color1);
  border-radius: var(--jp-border-radius);
  font: inherit;
  cursor: pointer;
}

.jp-nb2prod-button:hover {
  background: var(--jp-layout-color3);
}

.jp-nb2prod-panel :focus-visible,
.jp-nb2prod-preview :focus-visible {
  outline: 2px solid var(--jp-brand-color1);
  outline-offset: 1px;
}

.jp-nb2prod-status {
  padding: 8px 8px 0;
  font-weight: 600;
}

.jp-nb2prod-panel[aria-busy='true'] .jp-nb2prod-status {
  color: var(--jp-ui-font-color2);
}

.jp-nb2prod-picker {
  display: flex;
  flex-wrap: wrap;
  gap: 2px 8px;
  align-items: baseline;
  margin: 8px;
  padding: 6px 8px;
  background: var(--jp-layout-color2);
  border-radius: var(--jp-border-radius);
}

.jp-nb2prod-picker[hidden] {
  display: none;
}

.jp-nb2prod-picker select {
  padding: 2px;
  color: var(--jp-ui-font-color1);
  background: var(--jp-layout-color1);
  border: var(--jp-border-width) solid var(--jp-border-color1);
  font: inherit;
}

.jp-nb2prod-hint {
  color: var(--jp-ui-font-color2);
  font-size: var(--jp-ui-font-size0);
}

.jp-nb2prod-body,
.jp-nb2prod-jobs:not(:empty) {
  padding: 0 8px 8px;
}

.jp-nb2prod-panel summary {
  padding: 2px 0;
  cursor: pointer;
  overflow-wrap: anywhere;
}

.jp-nb2prod-panel code,
.jp-nb2prod-panel pre {
  padding: 0;
  color: inherit;
  background: none;
  font-family: var(--jp-code-font-family);
  font-size: var(--jp-code-font-size);
}

.jp-nb2prod-panel .jp-nb2prod-hint code {
  font-size: inherit;
}

.jp-nb2prod-panel pre {
  max-height: 8em;
  margin: 2px 0;
  overflow: auto;
  color: var(--jp-ui-font-color2);
  font-size: var(--jp-ui-font-size0);
}

.jp-nb2prod-module,
.jp-nb2prod-section > summary,
.jp-nb2prod-jobs h3 {
  margin-top: 6px;
  color: var(--jp-ui-font-color1);
  font-size: var(--jp-ui-font-size1);
  font-weight: 600;
}

.jp-nb2prod-function {
  margin-left: 12px;
  padding-left: 4px;
  border-left: 3px solid transparent;
}

.jp-nb2prod-function[aria-current] {
  background: var(--jp-layout-color2);
  border-left-color: var(--jp-brand-color1);
}

.jp-nb2prod-function > summary code {
  overflow-wrap: anywhere; /* else a long name leaves the arrow alone on its line */
}

.jp-nb2prod-function[aria-current] .jp-nb2prod-stage {
  background: var(--jp-layout-color1);
}

.jp-nb2prod-function > summary > .jp-nb2prod-hint {
  margin-left: 16px;
}

.jp-nb2prod-function > :not(summary) {
  margin: 2px 0 4px 16px;
}

.jp-nb2prod-function dt {
  color: var(--jp-ui-font-color2);
  font-size: var(--jp-ui-font-size0);
}

.jp-nb2prod-function dd {
  margin: 0 0 2px 12px;
  overflow-wrap: anywhere;
}

.jp-nb2prod-link {
  padding: 0;
  color: var(--jp-content-link-color);
  background: none;
  border: 0;
  font: inherit;
  font-size: var(--jp-ui-font-size0);
  cursor: pointer;
}

.jp-nb2prod-function > div > .jp-nb2prod-link {
  margin-right: 8px;
}

.jp-nb2prod-link:hover {
  text-decoration: underline;
}

.jp-nb2prod-section ul {
  margin: 0;
  padding-left: 16px;
}

.jp-nb2prod-section li {
  padding: 2px 0;
  overflow-wrap: anywhere;
}

.jp-nb2prod-code {
  font-family: var(--jp-code-font-family);
  font-size: var(--jp-ui-font-size0);
  color: var(--jp-ui-font-color2);
}

.jp-nb2prod-code[data-severity='warning'] {
  color: var(--jp-warn-color0);
}

.jp-nb2prod-code[data-severity='error'],
.jp-nb2prod-failure {
  color: var(--jp-error-color0, var(--jp-error-color1));
}

.jp-nb2prod-failure {
  padding: 8px 0;
  overflow-wrap: anywhere;
}

/* The stage of a function or a cell. */

.jp-nb2prod-stage,
.jp-nb2prod-badge {
  padding: 0 4px;
  color: var(--jp-ui-font-color2);
  background: var(--jp-layout-color2);
  border: var(--jp-border-width) solid var(--jp-border-color2);
  border-radius: 6px;
  font-family: var(--jp-ui-font-family);
  font-size: 10px;
  line-height: 12px;
}

.jp-Cell.jp-mod-nb2prod {
  position: relative;
}

.jp-nb2prod-badge {
  position: absolute;
  top: -3px;
  left: 12px;
  z-index: 1;
  cursor: pointer;
}

.jp-nb2prod-badge:hover {
  color: var(--jp-ui-font-color1);
  border-color: var(--jp-brand-color1);
}

.jp-nb2prod-badge[data-own='true'] {
  color: var(--jp-ui-font-color1);
  border-color: var(--jp-brand-color1);
}

/* Jobs. */

.jp-nb2prod-job {
  padding: 6px 0;
  border-top: var(--jp-border-width) solid var(--jp-border-color2);
  overflow-wrap: anywhere;
}

.jp-nb2prod-job progress {
  width: 100%;
  accent-color: var(--jp-brand-color1);
}

.jp-nb2prod-job table {
  width: 100%;
  border-collapse: collapse;
  font-size: var(--jp-ui-font-size0);
}

.jp-nb2prod-job td {
  padding: 1px 6px 1px 0;
  vertical-align: top;
  overflow-wrap: anywhere;
}

.jp-nb2prod-job [data-status] td:first-child {
  min-width: 6em;
}

.jp-nb2prod-job [data-status] td:nth-child(2) {
  overflow-wrap: normal;
}

.jp-nb2prod-job [data-status='equal'] td:nth-child(2) {
  color: var(--jp-success-color0, var(--jp-success-color1));
}

.jp-nb2prod-job :is([data-status='different'], [data-status='absent']) td:nth-child(2) {
  color: var(--jp-error-color0, var(--jp-error-color1));
}

/* The preview. */

.jp-nb2prod-preview {
  display: flex;
  color: var(--jp-ui-font-color1);
  background: var(--jp-layout-color1);
  font-family: var(--jp-ui-font-family);
  font-size: var(--jp-ui-font-size1);
}

.jp-nb2prod-files {
  flex: 0 0 260px;
  overflow: auto;
  padding: 4px;
  border-right: var(--jp-border-width) solid var(--jp-border-color2);
}

.jp-nb2prod-files .jp-nb2prod-button {
  display: flex;
  justify-content: space-between;
  gap: 8px;
  width: 100%;
  background: none;
  border-color: transparent;
  text-align: left;
  overflow-wrap: anywhere;
}

.jp-nb2prod-files .jp-nb2prod-button:hover,
.jp-nb2prod-files [aria-pressed] {
  background: var(--jp-layout-color2);
}

.jp-nb2prod-change {
  color: var(--jp-ui-font-color2);
  font-size: var(--jp-ui-font-size0);
}

[data-change='add'] > .jp-nb2prod-change {
  color: var(--jp-success-color0, var(--jp-success-color1));
}

[data-change='replace'] > .jp-nb2prod-change {
  color: var(--jp-warn-color0);
}

:is([data-change='refused'], [data-change='remove']) > .jp-nb2prod-change {
  color: var(--jp-error-color0, var(--jp-error-color1));
}

.jp-nb2prod-file {
  display: flex;
  flex: 1;
  flex-direction: column;
  min-width: 0;
}

.jp-nb2prod-text {
  flex: 1;
  min-height: 0;
  overflow: auto;
}

.jp-nb2prod-editor,
.jp-nb2prod-editor .cm-editor {
  height: 100%; /* the editor scrolls by itself */
}

.jp-nb2prod-preview pre {
  margin: 0;
  padding: 8px;
  color: var(--jp-content-font-color1);
  background: none;
  font-family: var(--jp-code-font-family);
  font-size: var(--jp-code-font-size);
  white-space: pre;
}

.jp-nb2prod-diff [data-line='added'] {
  background: color-mix(in srgb, var(--jp-success-color1) 20%, transparent);
}

.jp-nb2prod-diff [data-line='removed'] {
  background: color-mix(in srgb, var(--jp-error-color1) 20%, transparent);
}

.jp-nb2prod-diff [data-line='hunk'],
.jp-nb2prod-diff [data-line='head'] {
  color: var(--jp-ui-font-color2);
}

/* The dialog. */

.jp-nb2prod-target label {
  display: grid;
  gap: 2px;
  min-width: 320px;
  padding: 4px 0;
}

.jp-nb2prod-target input:not([type='checkbox']) {
  display: block;
  width: 100%;
}

.jp-nb2prod-target [type='checkbox'] {
  margin: 0 6px 0 0;
}

.jp-nb2prod-report,
.jp-nb2prod-report iframe {
  width: 100%;
  height: 100%;
  border: 0;
  background: white;
}

.jp-nb2prod-panel > .jp-nb2prod-jobs {
  max-height: 40vh;
  overflow: auto;
}
`,""]),e.d(o,{},{A:t})},801(r){r.exports=function(r){var o=[];return o.toString=function(){return this.map(function(o){var e="",n=void 0!==o[5];return o[4]&&(e+="@supports (".concat(o[4],") {")),o[2]&&(e+="@media ".concat(o[2]," {")),n&&(e+="@layer".concat(o[5].length>0?" ".concat(o[5]):""," {")),e+=r(o),n&&(e+="}"),o[2]&&(e+="}"),o[4]&&(e+="}"),e}).join("")},o.i=function(r,e,n,p,a){"string"==typeof r&&(r=[[null,r,void 0]]);var t={};if(n)for(var i=0;i<this.length;i++){var d=this[i][0];null!=d&&(t[d]=!0)}for(var l=0;l<r.length;l++){var c=[].concat(r[l]);n&&t[c[0]]||(void 0!==a&&(void 0===c[5]||(c[1]="@layer".concat(c[5].length>0?" ".concat(c[5]):""," {").concat(c[1],"}")),c[5]=a),e&&(c[2]&&(c[1]="@media ".concat(c[2]," {").concat(c[1],"}")),c[2]=e),p&&(c[4]?(c[1]="@supports (".concat(c[4],") {").concat(c[1],"}"),c[4]=p):c[4]="".concat(p)),o.push(c))}},o}},688(r){r.exports=function(r){return r[1]}},145(r){var o=[];function e(r){for(var e=-1,n=0;n<o.length;n++)if(o[n].identifier===r){e=n;break}return e}function n(r,n){for(var p={},a=[],t=0;t<r.length;t++){var i=r[t],d=n.base?i[0]+n.base:i[0],l=p[d]||0,c="".concat(d," ").concat(l);p[d]=l+1;var s=e(c),u={css:i[1],media:i[2],sourceMap:i[3],supports:i[4],layer:i[5]};if(-1!==s)o[s].references++,o[s].updater(u);else{var f=function(r,o){var e=o.domAPI(o);return e.update(r),function(o){o?(o.css!==r.css||o.media!==r.media||o.sourceMap!==r.sourceMap||o.supports!==r.supports||o.layer!==r.layer)&&e.update(r=o):e.remove()}}(u,n);n.byIndex=t,o.splice(t,0,{identifier:c,updater:f,references:1})}a.push(c)}return a}r.exports=function(r,p){var a=n(r=r||[],p=p||{});return function(r){r=r||[];for(var t=0;t<a.length;t++){var i=e(a[t]);o[i].references--}for(var d=n(r,p),l=0;l<a.length;l++){var c=e(a[l]);0===o[c].references&&(o[c].updater(),o.splice(c,1))}a=d}}},502(r){var o={};r.exports=function(r,e){var n=function(r){if(void 0===o[r]){var e=document.querySelector(r);if(window.HTMLIFrameElement&&e instanceof window.HTMLIFrameElement)try{e=e.contentDocument.head}catch(r){e=null}o[r]=e}return o[r]}(r);if(!n)throw Error("Couldn't find a style target. This probably means that the value for the 'insert' parameter is invalid.");n.appendChild(e)}},477(r){r.exports=function(r){var o=document.createElement("style");return r.setAttributes(o,r.attributes),r.insert(o,r.options),o}},665(r,o,e){r.exports=function(r){var o=e.nc;o&&r.setAttribute("nonce",o)}},161(r){r.exports=function(r){if("u"<typeof document)return{update:function(){},remove:function(){}};var o=r.insertStyleElement(r);return{update:function(e){var n,p,a;n="",e.supports&&(n+="@supports (".concat(e.supports,") {")),e.media&&(n+="@media ".concat(e.media," {")),(p=void 0!==e.layer)&&(n+="@layer".concat(e.layer.length>0?" ".concat(e.layer):""," {")),n+=e.css,p&&(n+="}"),e.media&&(n+="}"),e.supports&&(n+="}"),(a=e.sourceMap)&&"u">typeof btoa&&(n+="\n/*# sourceMappingURL=data:application/json;base64,".concat(btoa(unescape(encodeURIComponent(JSON.stringify(a))))," */")),r.styleTagTransform(n,o,r.options)},remove:function(){var r;null===(r=o).parentNode||r.parentNode.removeChild(r)}}}},42(r){r.exports=function(r,o){if(o.styleSheet)o.styleSheet.cssText=r;else{for(;o.firstChild;)o.removeChild(o.firstChild);o.appendChild(document.createTextNode(r))}}}}]);