/** What a generator that is a function gets: all that it needs to declare itself, so that it runs where nothing is installed. */
import { confirm, decimal, defineGenerator, integer, multiselect, select, text } from '../define.ts';

export const kit = { defineGenerator, select, multiselect, text, integer, decimal, confirm } as const;
export type Kit = typeof kit;
