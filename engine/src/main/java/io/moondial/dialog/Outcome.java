package io.moondial.dialog;

/** How a dialog ended; every dialog has exactly one. */
public sealed interface Outcome {
    /** A final text was sent. */
    record Responded() implements Outcome {}

    /** A ReturnError was sent. */
    record Declined(int code) implements Outcome {}

    /** An inbound notify was acknowledged. */
    record Acknowledged() implements Outcome {}

    /** The script sent an empty TC-END. */
    record Closed() implements Outcome {}

    /** The script sent TC-U-ABORT. */
    record Aborted() implements Outcome {}

    /** The far side ended it. */
    record Abandoned(String how) implements Outcome {}

    /** The service logic failed. */
    record Failed(String exception) implements Outcome {}

    /** One lower-case word, for counters and logs. */
    default String word() {
        return switch (this) {
            case Responded r -> "responded";
            case Declined d -> "declined";
            case Acknowledged a -> "acknowledged";
            case Closed c -> "closed";
            case Aborted a -> "aborted";
            case Abandoned a -> "abandoned";
            case Failed f -> "failed";
        };
    }
}
