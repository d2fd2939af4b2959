package io.moondial.dialogtest.language;

import io.moondial.dialog.Address;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One line of a test, read. */
public sealed interface Step {
    /** Where it stands. */
    Lines at();

    // ---- settings

    /** What follows is about the handset of this name. */
    record Use(Lines at, String name) implements Step {}

    /** The handset's number. */
    record From(Lines at, Address address) implements Step {}

    /** The destination reference, an IMSI or not. */
    record To(Lines at, Address address) implements Step {}

    /** The origination reference. */
    record Origination(Lines at, Address address) implements Step {}

    /** The subsystem that is called. */
    record Ssn(Lines at, int ssn) implements Step {}

    /** The data coding scheme of what is dialled and answered. */
    record CodingScheme(Lines at, int dcs) implements Step {}

    // ---- the handset

    /** Begins a dialog: with a ProcessUnstructuredSS-Request, or an UnstructuredSS-Notify. */
    record Open(Lines at, boolean push, Template text) implements Step {}

    /** Answers the newest open screen. */
    record Answer(Lines at, boolean release, Template text) implements Step {}

    /** Answers the newest menu that timed out. */
    record LateAnswer(Lines at, Template text) implements Step {}

    /** Answers the newest open screen with a ReturnError. */
    record Reject(Lines at, boolean release, int code) implements Step {}

    /** Gives up: TC-U-ABORT. */
    record Abandon(Lines at) implements Step {}

    /** Ends the dialog: an empty TC-END. */
    record Release(Lines at) implements Step {}

    /** Lets time pass. */
    record Wait(Lines at, Duration duration) implements Step {}

    // ---- the network

    /**
     * A screen that must come next.
     *
     * @param word of it
     * @param text of a menu, a notify or a response; null: another screen
     * @param code of a decline; null: another screen
     */
    record Expect(Lines at, String word, @Nullable Expected text, @Nullable Integer code)
            implements Step {}

    // ---- checks

    /** One field of a record. */
    record Field(String name, Expected value) {}

    /** Some record so far has all of these, or none has. */
    record EdrCheck(Lines at, boolean absent, String event, List<Field> fields) implements Step {
        public EdrCheck {
            fields = List.copyOf(fields);
        }
    }

    /** Exactly these events of the engine so far, in order. */
    record EdrsCheck(Lines at, List<String> events) implements Step {
        public EdrsCheck {
            events = List.copyOf(events);
        }
    }

    /** Some line of the log so far is like this, or none is. */
    record LogCheck(Lines at, boolean absent, Expected text) implements Step {}
}
