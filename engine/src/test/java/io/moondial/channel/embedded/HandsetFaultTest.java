package io.moondial.channel.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.moondial.channel.Address;
import io.moondial.channel.DialogDesk;
import io.moondial.channel.DialogDesk.Refusal;
import io.moondial.channel.embedded.EmbeddedPoint.LoopedMtp3;
import io.moondial.channel.ss7.FarSide.Call;
import io.moondial.channel.ss7.Message;
import io.moondial.channel.ss7.Message.Operation;
import io.moondial.channel.ss7.MessageDesk;
import io.moondial.channel.ss7.MessageLink;
import io.moondial.channel.ss7.SignallingLimits;
import io.moondial.channel.ss7.SignallingPlan;
import io.moondial.channel.ss7.SignallingPlan.Peer;
import io.moondial.channel.ss7.SignallingPoint;
import io.moondial.channel.ss7.SignallingPoint.Called;
import io.moondial.metrics.Counters;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A dialog of ours that cannot be begun, or whose receiver throws, leaves nothing in the stack. */
class HandsetFaultTest {
    private final LoopedMtp3 end = new LoopedMtp3();
    private final BlockingQueue<byte[]> sent = new LinkedBlockingQueue<>();
    private final BlockingQueue<DialogDesk.Refusal> refused = new LinkedBlockingQueue<>();
    private final BlockingQueue<Message> heard = new LinkedBlockingQueue<>();
    private final SignallingPoint handsets =
            new SignallingPoint(
                    new SignallingPlan(
                            "handsets",
                            1,
                            SignallingPlan.NATIONAL,
                            "27829000001",
                            List.of(8),
                            List.of(new Peer(2, List.of(6))),
                            List.of(Set.of(2)),
                            Map.of(),
                            true,
                            SignallingLimits.of(10),
                            SignallingPlan.MAX_SCCP_MESSAGE),
                    end,
                    new Counters());

    @BeforeEach
    void start() {
        end.connect(message -> sent.add(message.getData()));
        end.begin();
        handsets.start(
                new MessageDesk() {
                    @Override
                    public MessageLink.Receiver begun(Begin begin, MessageLink link) {
                        throw new AssertionError(begin);
                    }

                    @Override
                    public void refused(Refusal refusal) {
                        refused.add(refusal);
                    }
                });
    }

    @AfterEach
    void stop() {
        handsets.close();
        end.close();
    }

    private MessageLink dial(@Nullable Address msisdn, MessageLink.Receiver receiver)
            throws Exception {
        return handsets.begin(
                new Call(
                        Operation.PROCESS_UNSTRUCTURED_SS_REQUEST,
                        UssdString.encode("*100#", Dcs.UNSPECIFIED),
                        msisdn,
                        null,
                        null,
                        6),
                new Called(2, "27829000000", false),
                receiver);
    }

    @Test
    void one_that_cannot_be_begun() {
        assertThatThrownBy(() -> dial(Address.international("12x"), heard::add))
                .hasMessageContaining("not a digit of an address: 'x'");
        assertThat(handsets.openDialogs()).isZero();
        assertThat(heard).as("nobody is told of what never was").isEmpty();
    }

    @Test
    void one_whose_receiver_throws() throws Exception {
        MessageLink link =
                dial(
                        null,
                        message -> {
                            heard.add(message);
                            throw new StackOverflowError("on purpose");
                        });
        assertThat(sent.poll(60, TimeUnit.SECONDS)).isNotNull();
        String answer =
                "65384804000000aa4904"
                        + link.localTid()
                        + "6b2a2828060700118605010101a01d611b80020780a109060704000001001302a203020100a305a103020100";
        send(answer);
        assertThat(HexFormat.of().formatHex(Objects.requireNonNull(next())))
                .endsWith("67094904000000aa4a0104");
        assertThat(Objects.requireNonNull(refused.poll(60, TimeUnit.SECONDS)).cause())
                .isEqualTo(DialogDesk.Cause.FAULT);
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(handsets.openDialogs()).isZero());
    }

    private byte @Nullable [] next() throws InterruptedException {
        return sent.poll(60, TimeUnit.SECONDS);
    }

    private void send(String tcap) {
        String data = "%02x".formatted(tcap.length() / 2) + tcap;
        String addresses = "0443010008" + "0443020006";
        end.receive(
                end.getMtp3TransferPrimitiveFactory()
                        .createMtp3TransferPrimitive(
                                3,
                                SignallingPlan.NATIONAL,
                                0,
                                2,
                                1,
                                0,
                                HexFormat.of().parseHex("090103070b" + addresses + data)));
    }
}
