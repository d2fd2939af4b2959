package io.moondial.dialog;

import io.moondial.text.UssdString;
import org.jspecify.annotations.Nullable;

/**
 * How a dialog began: a TC-BEGIN with exactly one well-formed Invoke.
 *
 * @param invokeId of that Invoke
 * @param operation its code: {@link Operation#PROCESS_UNSTRUCTURED_SS_REQUEST} or {@link
 *     Operation#UNSTRUCTURED_SS_NOTIFY}
 * @param ussd its data coding scheme and octets
 * @param text those octets decoded
 * @param msisdn null where the argument has none, which is normal
 * @param destination the destination reference of MAP-open; null where there is none
 * @param origination the origination reference of MAP-open; null where there is none
 * @param local our side: the SCCP called party of the TC-BEGIN
 * @param remote the far side: its calling party
 * @param localTid our transaction id, lower-case hex of its octets
 * @param remoteTid the far side's transaction id, lower-case hex of the octets that came
 * @param mask what is written in the place of the text; null: the text
 */
public record Opening(
        int invokeId,
        int operation,
        UssdString ussd,
        String text,
        @Nullable Address msisdn,
        @Nullable Address destination,
        @Nullable Address origination,
        Party local,
        Party remote,
        String localTid,
        String remoteTid,
        @Nullable String mask) {

    /** The same, with this written in the place of the text; null: the text. */
    public Opening writtenAs(@Nullable String mask) {
        return mask == null
                ? this
                : new Opening(
                        invokeId,
                        operation,
                        ussd,
                        text,
                        msisdn,
                        destination,
                        origination,
                        local,
                        remote,
                        localTid,
                        remoteTid,
                        mask);
    }

    /** The text as it is written. */
    public String written() {
        return mask == null ? text : mask;
    }

    /** The IMSI, where the destination reference is one; else null. */
    public @Nullable String imsi() {
        return destination != null && destination.isImsi() ? destination.digits() : null;
    }
}
