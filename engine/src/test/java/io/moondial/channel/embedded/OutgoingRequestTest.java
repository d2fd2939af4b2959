package io.moondial.channel.embedded;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.channel.Address;
import io.moondial.channel.Channel.NotBegunException;
import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.channel.NodeLink;
import io.moondial.channel.Opening.Party;
import io.moondial.channel.OutgoingRequest;
import io.moondial.channel.ss7.Message;
import io.moondial.channel.ss7.Message.Component;
import io.moondial.channel.ss7.Message.Operation;
import io.moondial.channel.ss7.MessageDesk.Begin;
import io.moondial.channel.ss7.MessageLink;
import io.moondial.dialog.FarIncoming;
import io.moondial.dialog.FarIncoming.Aborted;
import io.moondial.dialog.FarIncoming.Said;
import io.moondial.dialog.FarIncoming.Word;
import io.moondial.dialog.FarOutgoing;
import io.moondial.dialog.Incoming.Aborted.Cause;
import io.moondial.text.UssdString.UnsendableText;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Dialogs that the engine begins with another USSD node, both sides complete stacks. */
class OutgoingRequestTest extends BegunByTheEngine {
    private static final Address IMSI = new Address("655010000000001", 1, Address.LAND_MOBILE);
    private static final Address VLR = Address.international("27829000001");
    private static final Address NUMBER = Address.international("27761485722");

    private final BlockingQueue<FarIncoming> heard = new LinkedBlockingQueue<>();
    private final BlockingQueue<Begin> asked = new LinkedBlockingQueue<>();
    private final BlockingQueue<MessageLink> nodes = new LinkedBlockingQueue<>();
    private final BlockingQueue<Message> said = new LinkedBlockingQueue<>();

    private void aNodeIsThere() {
        network.receiveAsNode(
                (begin, link) -> {
                    asked.add(begin);
                    nodes.add(link);
                    return said::add;
                });
    }

    private static OutgoingRequest request(Party called, @Nullable Integer ssn) throws Exception {
        return new OutgoingRequest(text("*200#"), false, NUMBER, called, ssn, IMSI, VLR);
    }

    private NodeLink open() throws Exception {
        return network.open(request(FAR_SIDE, 147), heard::add);
    }

    private static Message show(int id, int operation, String text) throws UnsendableText {
        return new Message.Continue(List.of(new Component.Invoke(id, operation, text(text))));
    }

    private static Message end(Component component) {
        return new Message.End(List.of(component));
    }

    @Test
    void a_conversation_with_another_node() throws Exception {
        aNodeIsThere();
        NodeLink link = open();

        Begin begin = next(asked);
        assertThat(begin.operation()).isEqualTo(Operation.PROCESS_UNSTRUCTURED_SS_REQUEST);
        assertThat(begin.opening().text()).isEqualTo("*200#");
        assertThat(begin.opening().msisdn()).isEqualTo(NUMBER);
        assertThat(begin.opening().destination()).isEqualTo(IMSI);
        assertThat(begin.opening().origination()).isEqualTo(VLR);
        assertThat(begin.opening().remoteTid()).isEqualTo(link.localTid());
        assertThat(begin.opening().remote())
                .isEqualTo(new Party(2, 147, "27829000000", Party.ROUTE_ON_SSN));
        assertThat(link.local()).isEqualTo(begin.opening().remote());
        MessageLink node = next(nodes);

        node.send(show(5, Operation.UNSTRUCTURED_SS_REQUEST, "1. Balance"));
        assertThat(next(heard))
                .isEqualTo(new Said(List.of(new Word.Shows(5, true, text("1. Balance"))), false));
        link.send(new FarOutgoing.Answer(5, text("1"), false));
        assertThat(next(said))
                .isEqualTo(new Message.Continue(List.of(new Component.Result(5, 60, text("1")))));

        node.send(show(6, Operation.UNSTRUCTURED_SS_NOTIFY, "Wait"));
        assertThat(next(heard))
                .isEqualTo(new Said(List.of(new Word.Shows(6, false, text("Wait"))), false));
        link.send(new FarOutgoing.Acknowledge(6));
        assertThat(next(said))
                .isEqualTo(new Message.Continue(List.of(new Component.Result(6, 61, null))));

        node.send(show(7, Operation.UNSTRUCTURED_SS_REQUEST, "PIN?"));
        next(heard);
        link.send(new FarOutgoing.Fail(7, true, 72));
        assertThat(next(said))
                .isEqualTo(new Message.Continue(List.of(new Component.ErrorReturned(7, 72))));
        assertThat(counters.value("map.errors.request.72")).isOne();

        node.send(end(new Component.Result(begin.invokeId(), 59, text("Bye"))));
        assertThat(next(heard)).isEqualTo(new Said(List.of(new Word.Finishes(text("Bye"))), true));
        assertThatThrownBy(() -> link.send(new FarOutgoing.Abort("late")))
                .isInstanceOf(DialogGoneException.class);
        nothingIsLeft();
    }

    @Test
    void an_answer_may_have_no_text() throws Exception {
        aNodeIsThere();
        NodeLink link = open();
        next(nodes).send(show(1, Operation.UNSTRUCTURED_SS_REQUEST, "?"));
        next(heard);
        link.send(new FarOutgoing.Answer(1, null, false));
        assertThat(next(said))
                .isEqualTo(new Message.Continue(List.of(new Component.Result(1, 60, null))));
        link.send(new FarOutgoing.Abort("enough"));
        assertThat(((Message.Abort) next(said)).cause()).isEqualTo(Cause.USER);
        nothingIsLeft();
    }

    @Test
    void what_a_node_does_wrong_is_told_as_it_is() throws Exception {
        aNodeIsThere();
        open();
        int ours = next(asked).invokeId();
        next(nodes).send(end(new Component.ErrorReturned(ours, 36)));
        assertThat(next(heard)).isEqualTo(new Said(List.of(new Word.Fails(36)), true));
        assertThat(counters.value("map.errors.process.36")).isOne();

        open();
        next(nodes).send(new Message.Abort("no"));
        assertThat(((Aborted) next(heard)).cause()).isEqualTo(Cause.USER);

        open();
        next(nodes).send(end(new Component.Rejected(ours, "")));
        assertThat(((Said) next(heard)).words().getFirst()).isInstanceOf(Word.Rejects.class);

        NodeLink link = open();
        next(nodes).send(show(1, 59, "what do I want?"));
        assertThat(next(heard))
                .isEqualTo(
                        new Said(
                                List.of(
                                        new Word.Wrong(
                                                "an Invoke of processUnstructuredSS-Request")),
                                false));
        link.send(new FarOutgoing.Abort("protocol"));
        nothingIsLeft();
    }

    @Test
    void nobody_is_there() throws Exception {
        open();
        assertThat(((Said) next(heard)).words().getFirst()).isInstanceOf(Word.Rejects.class);

        network.open(request(new Party(9, 8, null, Party.ROUTE_ON_SSN), 6), heard::add);
        Aborted told = (Aborted) requireNonNull(heard.poll(), "told before open returns");
        assertThat(told.cause()).isEqualTo(Cause.UNDELIVERED);
        nothingIsLeft();
    }

    @Test
    void a_node_that_says_nothing_is_broken_off_without_a_word() throws Exception {
        aNodeIsThere();
        NodeLink link = open();
        MessageLink node = next(nodes);
        link.send(new FarOutgoing.Abort("timeout"));
        assertThat(network.openDialogs()).isZero();
        node.send(show(1, Operation.UNSTRUCTURED_SS_REQUEST, "too late"));
        assertThat(((Message.Abort) next(said)).cause()).isEqualTo(Cause.PROVIDER);
        assertThat(heard).isEmpty();
        nothingIsLeft();
    }

    @Test
    void it_is_begun_from_a_subsystem_of_ours() throws Exception {
        aNodeIsThere();
        for (Integer wanted : new Integer[] {null, 99, 6}) {
            NodeLink link = network.open(request(FAR_SIDE, wanted), heard::add);
            assertThat(next(asked).opening().remote().ssn()).isEqualTo(6);
            link.forget();
            next(nodes).forget();
        }
        Party title = new Party(null, 8, EmbeddedNetwork.HANDSET_GLOBAL_TITLE, Party.ROUTE_ON_GT);
        NodeLink link = network.open(request(title, null), heard::add);
        assertThat(next(asked).opening().remote().routingIndicator()).isEqualTo(Party.ROUTE_ON_GT);
        link.forget();
    }

    @Test
    void no_more_are_begun_than_the_stack_may_hold() throws Exception {
        aNodeIsThere();
        open();
        open();
        assertThatThrownBy(this::open)
                .isInstanceOf(NotBegunException.class)
                .hasMessageContaining("max_dialogs");
        assertThatThrownBy(() -> request(new Party(1, null, null, Party.ROUTE_ON_SSN), 6))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whoever_looks_on_sees_no_secret() throws Exception {
        BlockingQueue<String> looked = new LinkedBlockingQueue<>();
        network.attach(
                message ->
                        looked.add(
                                message.parts().stream()
                                        .map(HexFormat.of()::formatHex)
                                        .reduce("", String::concat)));
        aNodeIsThere();
        NodeLink link =
                network.open(
                        new OutgoingRequest(
                                text("*200*4711#"), true, null, FAR_SIDE, 6, null, null),
                        heard::add);
        assertThat(next(asked).opening().text()).isEqualTo("*200*4711#");
        assertThat(next(looked)).contains(hex("**********")).doesNotContain(hex("*200*4711#"));
        next(nodes).send(show(1, Operation.UNSTRUCTURED_SS_REQUEST, "Your PIN?"));
        next(heard);
        assertThat(next(looked)).contains(hex("Your PIN?"));
        link.send(new FarOutgoing.Answer(1, text("82561"), true));
        next(said);
        assertThat(next(looked)).contains(hex("*****")).doesNotContain(hex("82561"));
    }

    private static String hex(String text) throws UnsendableText {
        return HexFormat.of().formatHex(text(text).octets());
    }
}
