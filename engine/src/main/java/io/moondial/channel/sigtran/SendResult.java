package io.moondial.channel.sigtran;

/** What becomes of a message that is to be sent. */
enum SendResult {
    TAKEN,
    /** There is no connection: M3UA knows that, or will in a moment. */
    NO_LINK,
    /** The far end does not read: it is dropped. */
    NOT_READ
}
