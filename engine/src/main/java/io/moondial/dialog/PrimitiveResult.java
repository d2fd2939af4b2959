package io.moondial.dialog;

/** What a primitive comes to, as its script sees it. */
public sealed interface PrimitiveResult {
    /** The handset's answer; empty if it had no text. */
    record Input(String text) implements PrimitiveResult {}

    /** Sent, or acknowledged. */
    record Done() implements PrimitiveResult {}

    /** Nothing came within the time. */
    record Timeout() implements PrimitiveResult {}

    /** The far side ended the dialog. */
    record Abandon() implements PrimitiveResult {}

    /** The far side answered with this MAP error. */
    record ReturnError(int code) implements PrimitiveResult {}
}
