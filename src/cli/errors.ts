/** Something that the user must put right: the message is one line that says what to do. */
export class UserError extends Error {}
