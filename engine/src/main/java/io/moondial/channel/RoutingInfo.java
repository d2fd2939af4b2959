package io.moondial.channel;

import io.moondial.dialog.Incoming.Aborted;

/** What came of a {@link RoutingQuery}. */
public sealed interface RoutingInfo {

    /**
     * The HLR knows where the subscriber is.
     *
     * @param imsi 6 to 15 digits (3GPP TS 23.003 2.2)
     * @param networkNode the MSC that serves the subscriber: digits of an international number
     */
    record Found(String imsi, String networkNode) implements RoutingInfo {}

    /**
     * The HLR answers with an error (3GPP TS 29.002 17.6.6), such as unknownSubscriber (1),
     * absentSubscriberSM (6, version 3) or absentSubscriber (27, version 2).
     */
    record Refused(int errorCode) implements RoutingInfo {}

    /**
     * Nobody was asked: no link took the question, or the stack holds as many dialogs as it may.
     *
     * @param how for people
     */
    record NotAsked(String how) implements RoutingInfo {}

    /**
     * There is no answer that can be used.
     *
     * @param cause {@link Aborted.Cause#PROVIDER}, too, if the HLR answers rubbish; {@link
     *     Aborted.Cause#REFUSED} if it takes neither version 3 nor 2
     * @param how for people
     */
    record Failed(Aborted.Cause cause, String how) implements RoutingInfo {}
}
