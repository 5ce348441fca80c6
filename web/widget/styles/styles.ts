import { composer } from './composer';
import { forcedColors } from './forced-colors';
import { foundation } from '../../shared/styles/foundation';
import { launcher } from './launcher';
import { log } from './log';
import { panel } from './panel';
import { theme } from './theme';
import { writing } from '../../shared/styles/writing';

/** How the widget looks. */
export const styles = [theme, foundation, launcher, panel, log, writing, composer, forcedColors];
