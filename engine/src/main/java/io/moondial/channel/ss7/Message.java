package io.moondial.channel.ss7;

import io.moondial.dialog.Incoming.Aborted.Cause;
import java.util.List;

/** A TCAP message of a dialog that is open (ITU-T Q.771 3.1.2). */
public sealed interface Message {

    /** TC-CONTINUE. */
    record Continue(List<Component> components) implements Message {
        public Continue {
            components = List.copyOf(components);
        }
    }

    /** TC-END; without components it is an empty one. */
    record End(List<Component> components) implements Message {
        public End {
            components = List.copyOf(components);
        }
    }

    /**
     * TC-U-ABORT, or whatever else has ended the dialog.
     *
     * @param reason for people
     */
    record Abort(Cause cause, String reason) implements Message {
        /** TC-U-ABORT. */
        public Abort(String reason) {
            this(Cause.USER, reason);
        }
    }
}
