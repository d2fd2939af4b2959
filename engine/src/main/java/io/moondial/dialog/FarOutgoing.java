package io.moondial.dialog;

import io.moondial.text.UssdString;
import org.jspecify.annotations.Nullable;

/** What we say to another USSD node in a dialog that we have begun with it. */
public sealed interface FarOutgoing {

    /**
     * The answer to a menu.
     *
     * @param screen the menu
     * @param text null: an answer without a text
     * @param hidden whether the text is a secret, and masked wherever the signalling is shown
     */
    record Answer(int screen, @Nullable UssdString text, boolean hidden) implements FarOutgoing {}

    /** A notify was shown. */
    record Acknowledge(int screen) implements FarOutgoing {}

    /** A screen has this error (3GPP TS 29.002 17.6.6). */
    record Fail(int screen, boolean asked, int code) implements FarOutgoing {}

    /** The dialog is broken off; {@code reason} is for people here. */
    record Abort(String reason) implements FarOutgoing {}
}
