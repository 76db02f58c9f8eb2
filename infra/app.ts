import { createStrideApp, synthesizeChecked } from './stride-app.ts';

synthesizeChecked(createStrideApp().app);
