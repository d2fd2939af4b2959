package io.moondial.channel.sigtran;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.channel.sigtran.Inbound.AdmissionControl;
import io.moondial.channel.sigtran.Inbound.AdmissionControl.Verdict;
import io.moondial.channel.sigtran.SigtranSettings.Admission;
import io.moondial.channel.sigtran.SigtranSettings.Mode;
import io.moondial.channel.sigtran.StpStub.Connection;
import io.moondial.config.WrittenSettings;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.restcomm.protocols.ss7.mtp.Mtp3EndCongestionPrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3PausePrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3ResumePrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3StatusPrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3TransferPrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3TransferPrimitiveFactory;
import org.restcomm.protocols.ss7.mtp.Mtp3UserPartListener;
import org.restcomm.protocols.ss7.mtp.RoutingLabelFormat;

/** A far end that brings too much hurts its own link only. */
class AdmissionTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long NOW = -7; // the system's nanoseconds may be negative

    private StpStub one;
    private StpStub two;

    @BeforeEach
    void open() throws Exception {
        one = new StpStub();
        two = new StpStub();
    }

    @AfterEach
    void close() throws Exception {
        one.close();
        two.close();
    }

    // ---- the admission

    @Test
    void a_second_of_begins_may_come_at_once_and_then_they_come_at_their_rate() {
        AdmissionControl admission =
                new AdmissionControl.Capacity(() -> 1)
                        .admission(
                                WrittenSettings.settings(
                                        Admission.class,
                                        "begins_per_second: 10",
                                        "dialogs: 100%",
                                        "max_waiting: 100",
                                        "refusals_answered: 0"));

        assertThat(admitted(admission, 30, NOW)).isEqualTo(10);
        assertThat(admission.refused()).isEqualTo(20);
        assertThat(admitted(admission, 30, NOW + SECOND / 2)).isEqualTo(5);
        assertThat(admitted(admission, 30, NOW + SECOND * 60)).isEqualTo(10);
    }

    private static int admitted(AdmissionControl admission, int begins, long now) {
        int admitted = 0;
        for (int i = 0; i < begins; i++) {
            admitted += admission.ask(now) == Verdict.ADMITTED ? 1 : 0;
        }
        return admitted;
    }

    @Test
    void in_a_crowd_those_that_hold_more_than_their_part_begin_nothing_and_others_do() {
        AdmissionControl.Capacity capacity = new AdmissionControl.Capacity(() -> 2);
        capacity.max(100);
        Admission limits =
                WrittenSettings.settings(
                        Admission.class,
                        "begins_per_second: 1000",
                        "dialogs: 80%",
                        "max_waiting: 100",
                        "refusals_answered: 0");
        AdmissionControl flooded = capacity.admission(limits);
        AdmissionControl good = capacity.admission(limits);
        for (int i = 0; i < 79; i++) {
            flooded.begun();
        }
        assertThat(flooded.ask(NOW)).isEqualTo(Verdict.ADMITTED);
        flooded.begun();

        assertThat(flooded.ask(NOW)).isEqualTo(Verdict.SHARE_FULL);
        assertThat(good.ask(NOW)).isEqualTo(Verdict.ADMITTED);

        flooded.ended();
        assertThat(flooded.ask(NOW)).isEqualTo(Verdict.ADMITTED);
    }

    @Test
    void an_association_that_is_alone_may_have_all_dialogs() {
        AdmissionControl.Capacity capacity = new AdmissionControl.Capacity(() -> 1);
        capacity.max(10);
        AdmissionControl admission =
                capacity.admission(
                        WrittenSettings.settings(
                                Admission.class,
                                "begins_per_second: 1000",
                                "dialogs: 80%",
                                "max_waiting: 100",
                                "refusals_answered: 0"));
        for (int i = 0; i < 10; i++) {
            admission.begun();
        }

        assertThat(admission.ask(NOW))
                .isEqualTo(Verdict.ADMITTED); // the desk refuses it with an error
    }

    // ---- the queues

    @Test
    void a_message_waits_for_few_of_another_link_however_many_wait_there() throws Exception {
        Queue<Integer> taken = new ConcurrentLinkedQueue<>();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch hold = new CountDownLatch(1);
        try (Inbound inbound = new Inbound(1)) {
            inbound.add(
                    new Layer(
                            message -> {
                                begun.countDown();
                                hold.await();
                                taken.add(message.getOpc());
                            }));
            inbound.start();
            AdmissionControl.Capacity capacity = new AdmissionControl.Capacity(() -> 2);
            Inbound.Source flood = inbound.source(capacity.admission(Admission.DEFAULT), () -> {});
            Inbound.Source good = inbound.source(capacity.admission(Admission.DEFAULT), () -> {});
            inbound.reading(flood);
            inbound.add(from(1), 0);
            begun.await(); // the worker has its first turn
            for (int i = 0; i < 1_000; i++) {
                inbound.add(from(1), i);
            }
            inbound.reading(good);
            inbound.add(from(2), 0);
            hold.countDown();

            await().atMost(Lab.PATIENCE).until(() -> taken.size() == 1_002);
        }
        assertThat(new ArrayList<>(taken).indexOf(2)).isLessThan(40);
    }

    @Test
    void a_link_of_which_too_much_waits_is_not_read_until_half_is_taken_and_others_are()
            throws Exception {
        Semaphore turns = new Semaphore(0);
        AtomicInteger others = new AtomicInteger();
        Semaphore taken = new Semaphore(0);
        try (Inbound inbound = new Inbound(1)) {
            inbound.add(new Layer(message -> taken.acquire()));
            inbound.start();
            AdmissionControl.Capacity capacity = new AdmissionControl.Capacity(() -> 2);
            Inbound.Source flood =
                    inbound.source(
                            capacity.admission(
                                    WrittenSettings.settings(
                                            Admission.class,
                                            "begins_per_second: 1",
                                            "dialogs: 100%",
                                            "max_waiting: 100",
                                            "refusals_answered: 0")),
                            turns::release);
            inbound.source(capacity.admission(Admission.DEFAULT), others::incrementAndGet);
            inbound.reading(flood);
            for (int i = 0; i < 100; i++) {
                assertThat(turns.availablePermits()).isZero();
                inbound.add(from(1), i);
            }
            assertThat(turns.tryAcquire()).isTrue();
            assertThat(flood.isOpen()).isFalse();

            taken.release(49);
            await().atMost(Lab.PATIENCE).until(() -> flood.waiting() == 51);
            assertThat(flood.isOpen()).isFalse();
            assertThat(turns.availablePermits()).isZero();

            taken.release(1);
            assertThat(turns.tryAcquire(Lab.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(flood.isOpen()).isTrue();
            taken.release(50);
            await().atMost(Lab.PATIENCE).until(() -> flood.waiting() == 0);
            assertThat(others).hasValue(0);
        }
    }

    @Test
    void a_link_is_read_again_though_its_thread_was_so_late_that_all_is_taken_meanwhile() {
        AtomicInteger turns = new AtomicInteger();
        try (Inbound inbound = new Inbound(1)) {
            inbound.add(new Layer(message -> {}));
            AdmissionControl.Capacity capacity = new AdmissionControl.Capacity(() -> 1);
            Inbound.Source source =
                    inbound.source(
                            capacity.admission(
                                    WrittenSettings.settings(
                                            Admission.class,
                                            "begins_per_second: 1",
                                            "dialogs: 100%",
                                            "max_waiting: 100",
                                            "refusals_answered: 0")),
                            turns::incrementAndGet);
            inbound.reading(source);
            for (int i = 0; i < 100; i++) {
                inbound.add(from(1), i);
            }
            inbound.start();
            await().atMost(Lab.PATIENCE).until(() -> source.waiting() == 0);

            assertThat(turns).hasValue(2); // when it was full, and when half was taken
            assertThat(source.isOpen()).isTrue();
        }
    }

    @Test
    void what_breaks_a_layer_above_costs_no_other_message() {
        Queue<Integer> taken = new ConcurrentLinkedQueue<>();
        try (Inbound inbound = new Inbound(1)) {
            inbound.add(
                    new Layer(
                            message -> {
                                if (message.getOpc() == 1) {
                                    throw new OutOfMemoryError("a length that is none");
                                }
                                taken.add(message.getOpc());
                            }));
            inbound.start();
            inbound.reading(
                    inbound.source(
                            new AdmissionControl.Capacity(() -> 1).admission(Admission.DEFAULT),
                            () -> {}));
            inbound.add(from(1), 0);
            inbound.add(from(2), 0);

            await().atMost(Lab.PATIENCE).until(() -> taken.contains(2));
        }
    }

    private static Mtp3TransferPrimitive from(int pointCode) {
        return new Mtp3TransferPrimitiveFactory(RoutingLabelFormat.ITU)
                .createMtp3TransferPrimitive(3, 2, 0, pointCode, 2, 0, new byte[0]);
    }

    /** SCCP's place, taken by a test. */
    private record Layer(Work work) implements Mtp3UserPartListener {
        interface Work {
            void take(Mtp3TransferPrimitive message) throws InterruptedException;
        }

        @Override
        public void onMtp3TransferMessage(Mtp3TransferPrimitive message) {
            try {
                work.take(message);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void onMtp3PauseMessage(Mtp3PausePrimitive message) {}

        @Override
        public void onMtp3ResumeMessage(Mtp3ResumePrimitive message) {}

        @Override
        public void onMtp3StatusMessage(Mtp3StatusPrimitive message) {}

        @Override
        public void onMtp3EndCongestionMessage(Mtp3EndCongestionPrimitive message) {}
    }

    // ---- the whole path

    private Lab lab(Admission ofFirst) {
        return new Lab(
                Lab.settings(
                        Lab.STEADY,
                        Lab.server(
                                Mode.ASP,
                                Lab.connecting("a1", one.port()).admitting(ofFirst),
                                Lab.connecting("a2", two.port()))));
    }

    @Test
    void begins_beyond_the_rate_go_back_as_p_abort_and_another_link_is_served() throws Exception {
        try (Lab lab =
                        lab(
                                WrittenSettings.settings(
                                        Admission.class,
                                        "begins_per_second: 1",
                                        "dialogs: 100%",
                                        "refusals_answered: 1"));
                Connection flood = one.accept().activate();
                Connection good = two.accept().activate();
                LogLine log = LogLine.of(Link.class)) {
            lab.awaitAsp("a1", "active");
            lab.awaitAsp("a2", "active");
            byte[] begin = StpStub.data(101, StpStub.begin());
            ByteBuffer many = ByteBuffer.allocate(500 * begin.length);
            for (int i = 0; i < 500; i++) {
                many.put(begin);
            }
            flood.send(many.array());

            String answer = flood.answer();
            while (!answer.startsWith("67")) {
                answer = flood.answer(); // of the one that was admitted
            }
            assertThat(answer).startsWith("67094904" + "00000001" + "4a0104");
            good.send(begin);
            await().atMost(Lab.PATIENCE)
                    .until(() -> lab.openings.size() + lab.link("a1").load().refused() == 500 + 1);
            assertThat(lab.link("a1").load().refused()).isGreaterThan(400);
            assertThat(lab.link("a2").load().refused()).isZero();
            assertThat(lab.counters.value("sigtran.begins.refused"))
                    .isEqualTo(lab.link("a1").load().refused());
            assertThat(log.lines)
                    .first()
                    .asString()
                    .isEqualTo(
                            "association a1: 1 begins refused since the last such line, more than 1 a second (admission: begins_per_second)");
        }
    }

    @Test
    void an_answer_to_a_title_has_the_titles_exchanged() throws Exception {
        try (Lab lab =
                        lab(
                                WrittenSettings.settings(
                                        Admission.class,
                                        "begins_per_second: 1",
                                        "dialogs: 100%",
                                        "refusals_answered: 1"));
                Connection flood = one.accept().activate()) {
            lab.awaitAsp("a1", "active");
            byte[] begin = StpStub.data(101, StpStub.begin("27831234567"));
            ByteBuffer many = ByteBuffer.allocate(100 * begin.length);
            for (int i = 0; i < 100; i++) {
                many.put(begin);
            }
            flood.send(many.array());

            String answer = "";
            while (!answer.contains("670949040000000" + "14a0104")) {
                answer = StpStub.HEX.formatHex(flood.next(StpStub.DATA));
            }
            assertThat(answer).contains("00000002" + "00000001" + "0302"); // OPC, DPC, SI, NI
            assertThat(answer)
                    .contains(
                            "0b"
                                    + StpStub.title(8, "27831234567")
                                    + "0b"
                                    + StpStub.title(6, Lab.TITLE)
                                    + "0b67");
        }
    }

    @Test
    void dialogs_are_counted_for_the_link_that_they_were_begun_over_until_they_end()
            throws Exception {
        Queue<Runnable> answers = new ConcurrentLinkedQueue<>();
        try (Lab lab = lab(Admission.DEFAULT);
                Connection first = one.accept().activate();
                Connection second = two.accept().activate()) {
            lab.awaitAsp("a1", "active");
            lab.awaitAsp("a2", "active");
            lab.answering = answers::add;
            first.send(StpStub.data(101, StpStub.begin()));
            first.send(StpStub.data(101, StpStub.begin()));
            second.send(StpStub.data(101, StpStub.begin()));
            await().atMost(Lab.PATIENCE).until(() -> answers.size() == 3);
            assertThat(List.of(open(lab, "a1"), open(lab, "a2"))).containsExactly(2, 1);

            answers.forEach(Runnable::run);
            assertThat(List.of(open(lab, "a1"), open(lab, "a2"))).containsExactly(0, 0);
        }
    }

    @Test
    void a_dialog_that_the_desk_fails_to_take_is_not_counted() throws Exception {
        try (Lab lab = lab(Admission.DEFAULT);
                Connection far = one.accept().activate()) {
            lab.awaitAsp("a1", "active");
            lab.answering =
                    answer -> {
                        lab.answering = Runnable::run;
                        throw new IllegalStateException("no thread can be had");
                    };
            far.send(StpStub.data(101, StpStub.begin()));
            far.send(StpStub.data(101, StpStub.begin()));
            await().atMost(Lab.PATIENCE).until(() -> lab.answered.size() == 1);

            assertThat(lab.openings).hasSize(2);
            await().atMost(Lab.PATIENCE).until(() -> open(lab, "a1") == 0);
        }
    }

    private static int open(Lab lab, String association) {
        return lab.link(association).load().open();
    }
}
