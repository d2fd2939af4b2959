package io.moondial.dialogtest.run;

import io.moondial.channel.FarSide;
import io.moondial.dialog.Address;
import io.moondial.dialog.Operation;
import io.moondial.text.Dcs;
import io.moondial.text.UnsendableText;
import io.moondial.text.UssdString;
import org.jspecify.annotations.Nullable;

/** One handset of a test: what it dials with, and the dialog that it is in. */
final class Actor {
    private static final int DEFAULT_SSN = 6;

    final String name;
    @Nullable Address from;
    @Nullable Address to;
    @Nullable Address origination;
    int ssn = DEFAULT_SSN;
    Dcs dcs = Dcs.UNSPECIFIED;
    @Nullable Call call;

    /** Whether its conversation has left what the test tells: what is told beyond is not tried. */
    boolean astray;

    Actor(String name) {
        this.name = name;
    }

    /** Another one, with the settings of this. */
    Actor like(String other) {
        Actor actor = new Actor(other);
        actor.from = from;
        actor.to = to;
        actor.origination = origination;
        actor.ssn = ssn;
        actor.dcs = dcs;
        return actor;
    }

    /** Begins a dialog. */
    void open(FarSide network, boolean push, String text) throws UnsendableText {
        UssdString ussd =
                text.isEmpty() ? new UssdString(dcs, new byte[0]) : UssdString.encode(text, dcs);
        int operation =
                push ? Operation.UNSTRUCTURED_SS_NOTIFY : Operation.PROCESS_UNSTRUCTURED_SS_REQUEST;
        call = new Call(network, new FarSide.Call(operation, ussd, from, to, origination, ssn));
    }

    /** The dialog that steps are about; the parser lets none stand before it. */
    Call call() {
        Call present = call;
        if (present == null) {
            throw new IllegalStateException("handset '" + name + "' has not dialled");
        }
        return present;
    }
}
