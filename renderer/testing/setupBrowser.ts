import { z } from 'zod';
import '../styles/tokens.css';
import '../styles/math.css';
import '../styles/base.css';
import '../styles/controls.css';
import '../styles/overlays.css';

// As in main.ts: the window's content policy forbids `new Function`, which Zod would try.
z.config({ jitless: true });
