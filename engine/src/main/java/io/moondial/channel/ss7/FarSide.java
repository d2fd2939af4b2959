package io.moondial.channel.ss7;

import io.moondial.channel.Address;
import io.moondial.text.UssdString;
import org.jspecify.annotations.Nullable;

/** The far side of the network, with the handsets. */
public interface FarSide {
    /** Begins a dialog towards the engine with one Invoke. */
    MessageLink begin(Call call, MessageLink.Receiver receiver);

    /**
     * From now on this takes the dialogs that the engine begins; null: nobody does, as at first,
     * and each is answered with the error absentSubscriber (27).
     */
    void receive(@Nullable Taker taker);

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
}
