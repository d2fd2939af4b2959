package io.moondial.channel.ss7;

import io.moondial.text.UssdString;
import org.jspecify.annotations.Nullable;

/**
 * A component of a TCAP message, as far as USSD knows it (ITU-T Q.773; 3GPP TS 29.002 11.9 to
 * 11.11).
 */
public sealed interface Component {

    /** An operation asked of the other side; {@code ussd} is its argument. */
    record Invoke(int invokeId, int operation, UssdString ussd) implements Component {}

    /** A ReturnResultLast; {@code ussd} is null if the result has no parameter. */
    record Result(int invokeId, int operation, @Nullable UssdString ussd) implements Component {}

    /** A ReturnError with a local error code (3GPP TS 29.002 17.6.6). */
    record ErrorReturned(int invokeId, int code) implements Component {}

    /** A Reject that came from the other side; {@code invokeId} is null if it names none. */
    record Rejected(@Nullable Integer invokeId, String problem) implements Component {}

    /** A component that came and whose parameter could not be decoded. */
    record Undecodable(int invokeId, int operation, String why) implements Component {}

    /** A component that came for an invoke never sent; the stack has already rejected it. */
    record UnknownInvoke(@Nullable Integer invokeId, String problem) implements Component {}
}
