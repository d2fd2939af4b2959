package io.moondial.channel.ss7;

import org.restcomm.protocols.ss7.map.api.MAPDialog;

/** A MAP layer that says how long the stack takes results. */
interface InvokeTiming {
    /** The one that a dialog is of. */
    static InvokeTiming of(MAPDialog dialog) {
        return (InvokeTiming) dialog.getService().getMAPProvider();
    }

    /**
     * How long the stack takes a result for an invoke, in milliseconds; nought: it starts no timer,
     * since the engine times its screens itself.
     */
    long invokeTimeout();
}
