package io.moondial.edr.report;

import java.util.Locale;

/** How a dialog ended, as {@code edr-spec/README.md} derives it from the records. */
public enum DialogOutcome {
    /** The final result was sent. */
    RESPONDED,
    /** A ReturnError was sent. */
    DECLINED,
    /** The result of a notification that was received was sent. */
    ACKNOWLEDGED,
    /** The script closed it. */
    CLOSED,
    /** The script aborted it. */
    ABORTED,
    /** The far side ended or aborted it. */
    ABANDONED,
    /** The script came to an error before any of these. */
    FAILED,
    /** The records end before. */
    UNFINISHED;

    /** In one word. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
