package io.moondial.channel;

import io.moondial.channel.Opening.Party;
import io.moondial.text.UssdString;
import org.jspecify.annotations.Nullable;

/**
 * A dialog that the engine begins with another USSD node, in a subscriber's name
 * (ProcessUnstructuredSS-Request, 3GPP TS 29.002 11.9).
 *
 * @param ussd what the subscriber asks for there
 * @param hidden whether that is a secret, and masked wherever the signalling is shown
 * @param msisdn the subscriber's number; null: none in the argument
 * @param called the node
 * @param ssn the subsystem of the engine that it is begun from; null: the first one
 * @param destination the destination reference of MAP-open: the subscriber, by his IMSI (table
 *     7.3/2); null: none
 * @param origination its origination reference: the node that the request comes from; null: none
 */
public record OutgoingRequest(
        UssdString ussd,
        boolean hidden,
        @Nullable Address msisdn,
        Party called,
        @Nullable Integer ssn,
        @Nullable Address destination,
        @Nullable Address origination) {
    public OutgoingRequest {
        called.requireRoutable();
    }
}
