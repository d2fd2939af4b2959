package io.moondial.logic;

import static java.util.Objects.requireNonNull;

import io.moondial.channel.BegunLink;
import io.moondial.channel.Channel.NotBegunException;
import io.moondial.channel.DialogLink;
import io.moondial.channel.Opening.Party;
import io.moondial.channel.OutgoingDialog;
import io.moondial.channel.embedded.EmbeddedNetwork;
import io.moondial.dialog.Incoming;
import io.moondial.dialog.Outgoing;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Begins a dialog with the handsets of the embedded network, once. */
final class OneAttempt implements BegunLink {
    private static final Party HANDSETS =
            new Party(
                    EmbeddedNetwork.HANDSET_POINT_CODE,
                    EmbeddedNetwork.HANDSET_SSN,
                    null,
                    Party.ROUTE_ON_SSN);

    private final EmbeddedNetwork network;
    private volatile @Nullable Receiver receiver;
    private volatile @Nullable DialogLink below;

    OneAttempt(EmbeddedNetwork network) {
        this.network = network;
    }

    @Override
    public void receiver(Receiver who) {
        receiver = who;
    }

    @Override
    public String localTid() {
        DialogLink begun = below;
        return begun == null ? "" : begun.localTid();
    }

    @Override
    public Optional<String> send(Outgoing message) throws DialogGoneException {
        if (!(message instanceof Outgoing.Begin(Outgoing.Screen first, Duration answerWithin))) {
            return requireNonNull(below).send(message);
        }
        Receiver who = requireNonNull(receiver);
        try {
            DialogLink begun =
                    network.begin(
                            new OutgoingDialog(first, null, HANDSETS, 6, null, null, answerWithin),
                            who);
            below = begun;
            who.arrived(new Incoming.Begun(1, begun.localTid()));
        } catch (NotBegunException e) {
            throw new AssertionError(e);
        }
        return Optional.empty();
    }

    @Override
    public void forget() {
        DialogLink begun = below;
        if (begun != null) {
            begun.forget();
        }
    }
}
