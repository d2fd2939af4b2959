package io.moondial.channel;

import io.moondial.channel.Opening.Party;
import java.time.Duration;

/**
 * Where a subscriber is, asked of an HLR (sendRoutingInfoForSM, 3GPP TS 29.002 12.1).
 *
 * @param msisdn digits of an international number
 * @param hlr the node that is asked; usually the subscriber's number as global title, with
 *     subsystem 6
 * @param ssn the subsystem of the engine that asks
 * @param answerWithin how long the HLR may take for an answer; one that does not speak version 3 of
 *     MAP is asked again with version 2, and may take as long again
 */
public record RoutingQuery(String msisdn, Party hlr, int ssn, Duration answerWithin) {
    private static final int MAX_DIGITS = 15;

    public RoutingQuery {
        if (msisdn.isEmpty()
                || msisdn.length() > MAX_DIGITS
                || !msisdn.chars().allMatch(it -> it >= '0' && it <= '9')) {
            throw new IllegalArgumentException("no international number: " + msisdn);
        }
        hlr.requireRoutable();
        if (answerWithin.toMillis() < 1) {
            throw new IllegalArgumentException("no time for an answer: " + answerWithin);
        }
    }
}
