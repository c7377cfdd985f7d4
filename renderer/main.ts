import '@fontsource-variable/inter';
import { mount } from 'svelte';
import { z } from 'zod';
import Root from './Root.svelte';
import { App } from './state/app.svelte.ts';
import { Connection } from './state/connection.svelte.ts';
import { bridgePort, socketPort } from './state/ports.ts';
import './styles/tokens.css';
import './styles/math.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/overlays.css';

// Zod would try `new Function`, which the content policy forbids and reports.
z.config({ jitless: true });

const bridge = window.orthant;
const connection = new Connection(() => (bridge === undefined ? socketPort(window.location) : bridgePort(bridge)));
const app = new App(connection, bridge);
const target = document.querySelector('#app');
if (target === null) throw new Error('index.html has no #app.');
mount(Root, { target, props: { app } });
await connection.open();
