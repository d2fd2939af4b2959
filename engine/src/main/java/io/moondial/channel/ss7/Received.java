package io.moondial.channel.ss7;

import org.jspecify.annotations.Nullable;
import org.restcomm.protocols.ss7.tcap.asn.comp.Parameter;

/** A component as it came. */
sealed interface Received {

    /** An Invoke, its argument not read yet: how a bad one is answered depends on where it came. */
    record Invoke(int invokeId, int operation, @Nullable Parameter parameter) implements Received {}

    /** Any other component. */
    record Other(io.moondial.dialog.Component component) implements Received {}
}
