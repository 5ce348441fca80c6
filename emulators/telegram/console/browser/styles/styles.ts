import { foundation } from '../../../../../web/shared/styles/foundation';
import { writing } from '../../../../../web/shared/styles/writing';
import { chat } from './chat';
import { chatList } from './chat-list';
import { composer } from './composer';
import { dialog } from './dialog';
import { forcedColors } from './forced-colors';
import { frame } from './frame';
import { messages } from './messages';
import { narrow } from './narrow';
import { theme } from './theme';

/** How the console looks. */
export const styles = [
  theme,
  foundation,
  frame,
  chatList,
  chat,
  messages,
  writing,
  composer,
  dialog,
  narrow,
  forcedColors,
];
