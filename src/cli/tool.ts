/** Who we are; of its own room, as the small part in front asks for it too. */
export { TOOL } from '../tool.ts';
