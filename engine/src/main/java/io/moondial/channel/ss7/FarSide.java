package io.moondial.channel.ss7;

import io.moondial.channel.Address;
import io.moondial.text.UssdString;
import org.jspecify.annotations.Nullable;

/** The far side of the network, where handsets are. */
public interface FarSide {
    /** Begins a dialog towards the engine with one Invoke. */
    MessageLink begin(Call call, MessageLink.Receiver receiver);

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
