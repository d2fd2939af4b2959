package io.moondial.handset.program;

import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.channel.ss7.FarSide;
import io.moondial.channel.ss7.Message;
import io.moondial.channel.ss7.Message.Component;
import io.moondial.channel.ss7.MessageLink;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A network that knows whether it owes a handset something. */
final class RestingNetwork implements FarSide {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final FarSide real;
    private final Set<MessageLink.Receiver> owed = ConcurrentHashMap.newKeySet();

    RestingNetwork(FarSide real) {
        this.real = real;
    }

    /** Waits until all that was asked has been answered. */
    void awaitRest() {
        Awaitility.await().atMost(PATIENCE).until(owed::isEmpty);
    }

    @Override
    public MessageLink begin(Call call, MessageLink.Receiver receiver) {
        owed.add(receiver);
        return new Link(real.begin(call, message -> arrived(receiver, message)), receiver);
    }

    private void arrived(MessageLink.Receiver receiver, Message message) {
        receiver.arrived(message);
        owed.remove(receiver);
    }

    @Override
    public void locate(@Nullable Locator locator) {}

    @Override
    public void receive(@Nullable Taker taker) {
        real.receive(taker);
    }

    @Override
    public int openHandsetDialogs() {
        return real.openHandsetDialogs();
    }

    private final class Link implements MessageLink {
        private final MessageLink link;
        private final Receiver receiver;

        Link(MessageLink link, Receiver receiver) {
            this.link = link;
            this.receiver = receiver;
        }

        @Override
        public String localTid() {
            return link.localTid();
        }

        @Override
        public Optional<String> send(Message message) throws DialogGoneException {
            boolean asks =
                    message instanceof Message.Continue(var components)
                            && components.getFirst() instanceof Component.Result;
            if (asks) {
                owed.add(receiver);
            }
            return link.send(message);
        }

        @Override
        public void keepSecret(int invokeId) {}

        @Override
        public void forget() {
            link.forget();
        }
    }
}
