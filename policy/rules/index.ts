import { ALARM_RULES } from './alarms';
import { API_RULES } from './apis';
import { BUCKET_RULES } from './buckets';
import { BUILD_RULES } from './builds';
import { FUNCTION_RULES } from './functions';
import { LOG_RULES } from './logs';
import { MESSAGING_RULES } from './messaging';
import { PERMISSION_RULES } from './permissions';
import { REACH_RULES } from './reach';
import { SECRET_RULES } from './secrets';
import { SURVIVAL_RULES } from './survival';
import { TABLE_RULES } from './tables';
import { TAG_RULES } from './tags';

/** What Kite's stacks keep to. */
export const RULES = [
  ...BUCKET_RULES,
  ...TABLE_RULES,
  ...SURVIVAL_RULES,
  ...MESSAGING_RULES,
  ...ALARM_RULES,
  ...FUNCTION_RULES,
  ...API_RULES,
  ...BUILD_RULES,
  ...PERMISSION_RULES,
  ...SECRET_RULES,
  ...LOG_RULES,
  ...REACH_RULES,
  ...TAG_RULES,
] as const;

export type RuleName = (typeof RULES)[number]['name'];
