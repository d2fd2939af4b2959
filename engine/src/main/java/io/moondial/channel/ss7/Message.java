package io.moondial.channel.ss7;

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

    /** TC-U-ABORT, or a P-ABORT that came; {@code reason} is for people. */
    record Abort(String reason) implements Message {}
}
