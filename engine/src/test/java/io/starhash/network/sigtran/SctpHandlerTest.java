package io.starhash.network.sigtran;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.nio.sctp.Association;
import com.sun.nio.sctp.AssociationChangeNotification;
import com.sun.nio.sctp.AssociationChangeNotification.AssocChangeEvent;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.sctp.SctpMessage;
import io.netty.handler.codec.sctp.SctpMessageCompletionHandler;
import io.starhash.metrics.Counters;
import io.starhash.network.sigtran.SigtranSettings.Mode;
import io.starhash.network.sigtran.SigtranSettings.Transport;
import io.starhash.network.ss7.Aside;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.mobicents.protocols.api.AssociationListener;
import org.mobicents.protocols.api.PayloadData;

/** What a link makes of the kernel's SCTP, with the kernel's part played by the test. */
class SctpHandlerTest {
    private static final SigtranSettings.Association A1 =
            new SigtranSettings.Association(
                    "a1",
                    Transport.SCTP,
                    new Endpoint("10.0.0.1", 2905),
                    true,
                    null,
                    List.of(),
                    null);

    private final List<String> told = new ArrayList<>();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final LinkBoard board =
            new LinkBoard(List.of(Lab.server(Mode.ASP, A1)), new Counters());
    private final ListeningLink link =
            new ListeningLink(
                    A1,
                    Set.of(101L),
                    Lab.QUICK,
                    channel.eventLoop(),
                    board,
                    new Aside<>(),
                    new HostNames(InetAddress::getByName));

    SctpHandlerTest() {
        link.setAssociationListener(new Told());
        link.start();
        channel.pipeline()
                .addLast(
                        new SctpMessageCompletionHandler(),
                        new SctpHandler(link, Duration.ofSeconds(30)));
    }

    /** What the layer above is told. */
    private final class Told implements AssociationListener {
        @Override
        public void onCommunicationUp(
                org.mobicents.protocols.api.Association association, int in, int out) {
            told.add("up %d %d".formatted(in, out));
        }

        @Override
        public void onCommunicationShutdown(org.mobicents.protocols.api.Association association) {
            told.add("down");
        }

        @Override
        public void onCommunicationLost(org.mobicents.protocols.api.Association association) {
            told.add("lost");
        }

        @Override
        public void onCommunicationRestart(org.mobicents.protocols.api.Association association) {
            told.add("restart");
        }

        @Override
        public void onPayload(
                org.mobicents.protocols.api.Association association, PayloadData payload) {
            told.add("message of " + payload.getDataLength());
            payload.getByteBuf().release();
        }

        @Override
        public void inValidStreamId(PayloadData payload) {
            told.add("no such stream");
        }
    }

    private static final class Change extends AssociationChangeNotification {
        private final AssocChangeEvent event;

        Change(AssocChangeEvent event) {
            this.event = event;
        }

        @Override
        public Association association() {
            return new Streams();
        }

        @Override
        public AssocChangeEvent event() {
            return event;
        }
    }

    /** An association of 17 streams in and 5 out. */
    private static final class Streams extends Association {
        Streams() {
            super(1, 17, 5);
        }
    }

    private void change(AssocChangeEvent event) {
        channel.pipeline().fireUserEventTriggered(new Change(event));
        channel.runPendingTasks();
    }

    private static SctpMessage message(byte[] octets) {
        return new SctpMessage(3, 1, Unpooled.wrappedBuffer(octets));
    }

    @Test
    void a_link_is_up_once_the_kernel_says_so_with_its_streams() {
        assertThat(told).isEmpty();

        change(AssocChangeEvent.COMM_UP);
        change(AssocChangeEvent.COMM_UP);

        assertThat(told).containsExactly("up 17 5");
        assertThat(board.links().getFirst().associationState()).isEqualTo("up");
    }

    @Test
    void whole_messages_go_up_and_what_is_no_good_is_answered_with_error() {
        change(AssocChangeEvent.COMM_UP);
        channel.writeInbound(message(StpStub.message(StpStub.ASPUP_ACK)));
        channel.writeInbound(message(StpStub.hex("0200030100000008")));
        channel.writeInbound(message(StpStub.hex("01")));

        assertThat(told).containsExactly("up 17 5", "message of 8");
        SctpMessage error = channel.readOutbound();
        assertThat(error.protocolIdentifier()).isEqualTo(3);
        assertThat(error.content().getUnsignedShort(2)).isEqualTo(StpStub.ERROR);
        error.release();
    }

    @Test
    void a_message_is_sent_on_its_stream_under_the_protocol_identifier_of_m3ua() {
        change(AssocChangeEvent.COMM_UP);
        link.send(new PayloadData(1, Unpooled.wrappedBuffer(new byte[1]), true, false, 3, 4));

        SctpMessage sent = channel.readOutbound();
        assertThat(sent.protocolIdentifier()).isEqualTo(3);
        assertThat(sent.streamIdentifier()).isEqualTo(4);
        assertThat(sent.isUnordered()).isFalse();
        sent.release();
    }

    @Test
    void an_association_that_the_kernel_loses_is_closed_and_down() {
        for (AssocChangeEvent end : List.of(AssocChangeEvent.COMM_LOST, AssocChangeEvent.RESTART)) {
            SctpHandlerTest other = new SctpHandlerTest();
            other.change(AssocChangeEvent.COMM_UP);
            other.change(end);
            assertThat(other.told).containsExactly("up 17 5", "down");
            assertThat(other.channel.isOpen()).isFalse();
        }
    }
}
