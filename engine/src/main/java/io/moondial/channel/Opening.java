package io.moondial.channel;

import io.moondial.dialog.DialogKind;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import org.jspecify.annotations.Nullable;

/**
 * How a dialog began.
 *
 * @param ussd its data coding scheme and octets; without octets if we push
 * @param text those octets decoded; if we push, the text that was ordered, or empty
 * @param msisdn null if the argument has none, which is normal
 * @param destination the destination reference of MAP-open; null if there is none
 * @param origination the origination reference of MAP-open; null if there is none
 * @param local our side: the SCCP called party of the TC-BEGIN
 * @param remote the far side: its calling party
 * @param localTid our transaction id, lower-case hex of its octets; empty if we push, as it begins
 *     later
 * @param remoteTid the far side's transaction id, lower-case hex of the octets that came; empty if
 *     we push
 * @param mask what is written instead of the text; null: the text
 * @param pushId the push that the dialog is for; null: we do not push
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
        @Nullable String mask,
        @Nullable String pushId) {

    /** How a dialog began that is no push. */
    public Opening(
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
        this(
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
                mask,
                null);
    }

    /**
     * How a dialog begins that we push: of the far side nothing is known yet.
     *
     * @param text what was ordered to be shown; empty: a script makes the texts
     * @param dcs of the texts, until the script chooses another
     * @param ssn the subsystem that it is begun from
     */
    public static Opening pushed(String pushId, Address msisdn, String text, Dcs dcs, int ssn) {
        return new Opening(
                DialogKind.PUSHED,
                new UssdString(dcs, new byte[0]),
                text,
                msisdn,
                null,
                null,
                new Party(null, ssn, null, Party.ROUTE_ON_SSN),
                new Party(null, null, null, Party.ROUTE_ON_SSN),
                "",
                "",
                null,
                pushId);
    }

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
                        mask,
                        pushId);
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
