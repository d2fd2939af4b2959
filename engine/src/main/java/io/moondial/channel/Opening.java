package io.moondial.channel;

import io.moondial.dialog.DialogKind;
import io.moondial.text.UssdString;
import org.jspecify.annotations.Nullable;

/**
 * How a dialog began.
 *
 * @param ussd its data coding scheme and octets
 * @param text those octets decoded
 * @param msisdn null if the argument has none, which is normal
 * @param destination the destination reference of MAP-open; null if there is none
 * @param origination the origination reference of MAP-open; null if there is none
 * @param local our side: the SCCP called party of the TC-BEGIN
 * @param remote the far side: its calling party
 * @param localTid our transaction id, lower-case hex of its octets
 * @param remoteTid the far side's transaction id, lower-case hex of the octets that came
 * @param mask what is written instead of the text; null: the text
 */
public record Opening(
        DialogKind kind,
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

    /** The same, with this written instead of the text; null: the text. */
    public Opening writtenAs(@Nullable String mask) {
        return mask == null
                ? this
                : new Opening(
                        kind,
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

    /** The IMSI, if the destination reference is one; otherwise null. */
    public @Nullable String imsi() {
        return destination != null && destination.isImsi() ? destination.digits() : null;
    }

    /**
     * One end of a dialog as SCCP names it (ITU-T Q.713 3.4).
     *
     * @param pointCode null if the address has none
     * @param ssn subsystem number; null if the address has none
     * @param globalTitle its digits; null if the address has none
     * @param routingIndicator 0: route on the global title; 1: route on the subsystem number
     */
    public record Party(
            @Nullable Integer pointCode,
            @Nullable Integer ssn,
            @Nullable String globalTitle,
            int routingIndicator) {
        public static final int ROUTE_ON_GT = 0;
        public static final int ROUTE_ON_SSN = 1;

        /**
         * As the called party of a message of ours.
         *
         * @throws IllegalArgumentException if nothing can be routed to it: there is no title, or no
         *     point code and subsystem, whichever it is routed on
         */
        public void requireRoutable() {
            if (routingIndicator == ROUTE_ON_GT
                    ? globalTitle == null
                    : pointCode == null || ssn == null) {
                throw new IllegalArgumentException("nothing can be routed to " + this);
            }
        }
    }
}
