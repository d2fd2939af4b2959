package io.moondial.channel.ss7;

import io.moondial.channel.Address;
import io.moondial.channel.DialogDesk.Refusal;
import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.channel.ss7.Message.Component;
import io.moondial.channel.ss7.Message.Operation;
import io.moondial.text.UssdString;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The far side of the network, with the handsets. */
public interface FarSide {
    /** Begins a dialog towards the engine with one Invoke. */
    MessageLink begin(Call call, MessageLink.Receiver receiver);

    /**
     * From now on this takes the dialogs that the engine begins; null: nobody does, as at first,
     * and each is answered with the error absentSubscriber (27).
     */
    void receive(@Nullable Taker taker);

    /**
     * From now on this knows where subscribers are, for the HLR that the engine asks; null: as at
     * first, each subscriber is with the handsets, and the HLR speaks version 3.
     */
    void locate(@Nullable Locator locator);

    /**
     * Knows where subscribers are, as an HLR does (3GPP TS 29.002 12.1): see {@link
     * FarSide#locate}.
     */
    @FunctionalInterface
    interface Locator {
        /** Knows each subscriber, with the handsets, under the IMSI that is made of his number. */
        Locator EVERYBODY_IS_HERE = msisdn -> new Whereabouts.At(Locator.imsi(msisdn), null);

        /** Where this subscriber is; on a network thread, so it must not wait. */
        Whereabouts whereIs(String msisdn);

        /** The newest version of MAP that the HLR speaks: 3 or 2. */
        default int mapVersion() {
            return SmRouting.NEWEST_VERSION;
        }

        /**
         * The IMSI of a subscriber of whom only the number is known: 65501, a network of South
         * Africa, and the last ten digits of the number, with zeros in front of fewer.
         */
        static String imsi(String msisdn) {
            String digits = "0".repeat(10) + msisdn;
            return "65501" + digits.substring(digits.length() - 10);
        }
    }

    /** What an HLR knows of a subscriber. */
    sealed interface Whereabouts {
        /**
         * He is served by an MSC.
         *
         * @param networkNode its number; null: that of the handsets
         */
        record At(String imsi, @Nullable String networkNode) implements Whereabouts {}

        /**
         * He is absent: absentSubscriberSM (6) in version 3, absentSubscriber (27) in version 2.
         */
        record Absent() implements Whereabouts {}

        /** The HLR answers with this error, such as unknownSubscriber (1). */
        record Refused(int errorCode) implements Whereabouts {}
    }

    /**
     * From now on this plays the other USSD nodes: it takes the dialogs that the engine begins with
     * a ProcessUnstructuredSS-Request. Null: nobody does, as at first, and each is rejected.
     *
     * @throws UnsupportedOperationException if there are handsets only
     */
    default void receiveAsNode(@Nullable Taker taker) {
        throw new UnsupportedOperationException("no other USSD nodes are here");
    }

    /** Who takes dialogs that the engine begins. */
    @FunctionalInterface
    interface Taker {
        /**
         * One has begun, on a network thread: this must not wait.
         *
         * @return who receives the rest of it
         */
        MessageLink.Receiver begun(MessageDesk.Begin begin, MessageLink link);
    }

    /** Answers what begins a dialog with a ReturnError in TC-END: the dialog is over with it. */
    static void refuse(MessageDesk.Begin begin, MessageLink link, int errorCode) {
        try {
            link.send(
                    new Message.End(
                            List.of(new Component.ErrorReturned(begin.invokeId(), errorCode))));
        } catch (DialogGoneException e) {
            HandsetDesk.log.debug("{} ended before it could be refused", link.localTid());
        }
    }

    /** How many dialogs the protocol stack of this side holds now. */
    int openHandsetDialogs();

    /**
     * What a handset begins with.
     *
     * @param operation the code of the operation invoked
     * @param msisdn null: none in the argument
     * @param destination the destination reference; null: none
     * @param origination the origination reference; null: none
     * @param ssn the subsystem called
     */
    record Call(
            int operation,
            UssdString ussd,
            @Nullable Address msisdn,
            @Nullable Address destination,
            @Nullable Address origination,
            int ssn) {}

    /**
     * The desk of a point where handsets are: it takes the dialogs that the engine begins. If
     * nobody takes them, the subscriber is absent.
     */
    final class HandsetDesk implements MessageDesk {
        private static final Logger log = LoggerFactory.getLogger(HandsetDesk.class);
        private static final int ABSENT_SUBSCRIBER = 27;

        private volatile FarSide.@Nullable Taker taker;
        private volatile Locator locator = Locator.EVERYBODY_IS_HERE;
        private volatile FarSide.@Nullable Taker node;

        /** Who takes dialogs from now on; null: nobody. */
        public void taker(FarSide.@Nullable Taker taker) {
            this.taker = taker;
        }

        /** Who knows where subscribers are from now on; null: each is here. */
        public void locator(@Nullable Locator locator) {
            this.locator = locator == null ? Locator.EVERYBODY_IS_HERE : locator;
        }

        @Override
        public Locator hlr() {
            return locator;
        }

        /** Who takes requests to other USSD nodes from now on; null: nobody. */
        public void node(FarSide.@Nullable Taker node) {
            this.node = node;
        }

        @Override
        public boolean serves(int operation) {
            return operation == Operation.UNSTRUCTURED_SS_REQUEST
                    || operation == Operation.UNSTRUCTURED_SS_NOTIFY
                    || (operation == Operation.PROCESS_UNSTRUCTURED_SS_REQUEST && node != null);
        }

        @Override
        public MessageLink.Receiver begun(Begin begin, MessageLink link) {
            FarSide.Taker present =
                    begin.operation() == Operation.PROCESS_UNSTRUCTURED_SS_REQUEST ? node : taker;
            if (present != null) {
                return present.begun(begin, link);
            }
            refuse(begin, link, ABSENT_SUBSCRIBER);
            return message -> {};
        }

        @Override
        public void refused(Refusal refusal) {
            log.warn("a message for the handsets is refused or dropped: {}", refusal.text());
        }
    }
}
