import { LabIcon } from '@jupyterlab/ui-components';

/** A page that becomes a box. */
export const packageIcon = new LabIcon({
  name: 'nb2prod:package',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <g class="jp-icon3" fill="#616161">
    <path d="M12 2 3 6.5v11L12 22l9-4.5v-11zm0 2.2 6 3-2.4 1.2-6-3zm-4.6 2.4 6 3L12 10.300 6 7.200zM5 8.800l6 3v7.500l-6-3zm14 0v7.500l-6 3v-7.500z"/>
  </g>
</svg>`
});
