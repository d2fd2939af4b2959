package io.moondial.logic;

import static io.moondial.logic.LiveDesk.brief;
import static io.moondial.logic.LiveDesk.menu;
import static io.moondial.logic.LiveDesk.next;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.channel.BegunLink;
import io.moondial.channel.DialogLink;
import io.moondial.config.WrittenSettings;
import io.moondial.dialog.DialogFact;
import io.moondial.dialog.DialogFact.Outcome;
import io.moondial.dialog.DialogKind;
import io.moondial.dialog.Incoming;
import io.moondial.dialog.Incoming.Aborted.Cause;
import io.moondial.dialog.Incoming.Part;
import io.moondial.dialog.Outgoing;
import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import io.moondial.rules.Trigger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dialogs that the engine begins, from the desk on. */
class PushTest {
    private static final String SURVEY =
            """
            local request = ...
            local answer, why = ussd.menu("Like it, " .. request.args.name .. "?")
            if answer == "1" then
              return "Thanks"
            end
            """;

    @TempDir Path folder;

    /** What is below the dialog, in the hands of the test. */
    private static final class Link implements BegunLink {
        final BlockingQueue<Outgoing> sent = new LinkedBlockingQueue<>();
        private volatile DialogLink.Receiver receiver = message -> {};

        @Override
        public void receiver(DialogLink.Receiver who) {
            receiver = who;
        }

        @Override
        public String localTid() {
            return "";
        }

        @Override
        public Optional<String> send(Outgoing message) {
            sent.add(message);
            return Optional.empty();
        }

        @Override
        public void forget() {}

        Outgoing next() throws InterruptedException {
            return Objects.requireNonNull(
                    sent.poll(LiveDesk.PATIENCE.toSeconds(), TimeUnit.SECONDS), "nothing was sent");
        }

        void comes(Incoming message) {
            receiver.arrived(message);
        }
    }

    private static Optional<String> push(LiveDesk live, PushedDialog.Content content, Link link) {
        return push(live, content, link, DialogListener.NOBODY);
    }

    private static Optional<String> push(
            LiveDesk live, PushedDialog.Content content, Link link, DialogListener listener) {
        return live.desk.push(
                new PushedDialog(
                        "P-1", "27761485722", content, link, listener, Duration.ofSeconds(20), 6));
    }

    private static PushedDialog.OfScript survey() {
        return new PushedDialog.OfScript("main", "{\"name\": \"Thandi\"}");
    }

    @Test
    void a_pushed_script_begins_the_dialog_and_its_text_ends_it() throws Exception {
        try (LiveDesk live = LiveDesk.running(folder, SURVEY)) {
            BlockingQueue<DialogFact> told = new LinkedBlockingQueue<>();
            Link link = new Link();
            assertThat(push(live, survey(), link, (dialog, at, fact) -> told.add(fact))).isEmpty();

            var begin = (Outgoing.Begin) link.next();
            assertThat(begin.first().text().decode()).isEqualTo("Like it, Thandi?");
            link.comes(new Incoming.Begun(1, "0000000a"));
            link.comes(
                    new Incoming.Continued(
                            List.of(
                                    new Part.Answered(
                                            begin.first().screen(), begin.first().text()))));
            assertThat(link.next()).isEqualTo(new Outgoing.End());
            await().atMost(LiveDesk.PATIENCE).until(() -> live.desk.openDialogs() == 0);

            assertThat(told).contains(new DialogFact.BegunTowards(1, "0000000a"));
            assertThat(told).contains(new DialogFact.Finished(new Outcome.Completed(), false));
            assertThat(live.counters.value(ServiceDesk.BEGUN)).isOne();
            assertThat(live.counters.value(ServiceDesk.FINISHED + "completed")).isOne();
            assertThat(live.desk.metrics().open(DialogKind.PUSHED)).isZero();
        }
    }

    @Test
    void the_last_notify_is_waited_for_though_the_time_of_the_script_is_over() throws Exception {
        try (LiveDesk live =
                new LiveDesk(
                        folder,
                        "return 'Thanks'",
                        Trigger.Conditions.NONE,
                        10,
                        WrittenSettings.changed(LiveDesk.SCRIPT_RULES, "max_time: 1s"))) {
            Link link = new Link();
            assertThat(push(live, survey(), link)).isEmpty();
            var begin = (Outgoing.Begin) link.next();
            assertThat(begin.answerWithin()).isEqualTo(Duration.ofSeconds(20));
            live.time.leap(Duration.ofSeconds(5)); // no alarm of the script's is left
            link.comes(new Incoming.Continued(List.of(new Part.Acknowledged(1))));
            assertThat(link.next()).isEqualTo(new Outgoing.End());
            live.settle();
            assertThat(live.facts)
                    .contains(new DialogFact.Finished(new Outcome.Completed(), false));
        }
    }

    @Test
    void nobody_answers_and_the_script_learns_it() throws Exception {
        String script =
                """
                local answer, why = ussd.menu("Agreed?")
                log.info("%s %s", tostring(answer), why)
                return "Bye"
                """;
        try (LiveDesk live = LiveDesk.running(folder, script)) {
            Link link = new Link();
            assertThat(push(live, survey(), link)).isEmpty();
            link.next();
            link.comes(new Incoming.Aborted(Cause.UNANSWERED, "no answer"));
            live.settle();
            assertThat(live.records.stream().map(LiveDesk::brief))
                    .containsExactly(
                            "USSD-REQUEST DIRECTION=out PUSH_ID=P-1 TEXT=Agreed?",
                            "USSD-REQUEST-R PUSH_ID=P-1 REASON=Timeout");
            assertThat(live.facts)
                    .anyMatch(
                            fact ->
                                    fact instanceof DialogFact.ScriptLogged logged
                                            && logged.text().equals("nil timeout"))
                    .contains(new DialogFact.Finished(new Outcome.Unreached("no answer"), false));
            assertThat(link.sent).isEmpty();
        }
    }

    @Test
    void the_request_of_a_pushed_script_says_who_and_what_for() throws Exception {
        String script =
                """
                local request = ...
                return request.msisdn .. " " .. request.push_id .. " " .. tostring(request.text)
                  .. " " .. tostring(request.local_tid) .. " " .. request.local_ssn
                  .. " " .. #request.args.list .. " " .. request.args.deep.er
                """;
        try (LiveDesk live = LiveDesk.running(folder, script)) {
            Link link = new Link();
            String args = "{\"list\": [1, 2, 3], \"deep\": {\"er\": \"yes\"}}";
            assertThat(push(live, new PushedDialog.OfScript("main", args), link)).isEmpty();
            var begin = (Outgoing.Begin) link.next();
            assertThat(begin.first().text().decode()).isEqualTo("27761485722 P-1 nil nil 6 3 yes");
            link.comes(new Incoming.Aborted(Cause.UNDELIVERED, "no link"));
            live.settle();
        }
    }

    @Test
    void args_that_are_no_json_are_a_failure_of_the_script_and_nothing_is_sent() throws Exception {
        try (LiveDesk live = LiveDesk.running(folder, SURVEY)) {
            Link link = new Link();
            assertThat(push(live, new PushedDialog.OfScript("main", "{oops"), link)).isEmpty();
            live.settle();
            assertThat(link.sent).isEmpty();
            assertThat(live.records)
                    .singleElement()
                    .satisfies(
                            it -> {
                                assertThat(it.event()).isEqualTo("USSD-SHUTDOWN");
                                assertThat(it.text("EXCEPTION")).contains("request.args: ");
                            });
        }
    }

    @Test
    void a_text_alone_is_a_notify() throws Exception {
        try (LiveDesk live = LiveDesk.running(folder, SURVEY)) {
            Link link = new Link();
            var text = new PushedDialog.OfText(DialogFact.Screen.NOTIFY, "Sold!");
            assertThat(push(live, text, link)).isEmpty();
            var begin = (Outgoing.Begin) link.next();
            assertThat(begin.first()).isInstanceOf(Outgoing.Show.class);
            assertThat(begin.first().text().decode()).isEqualTo("Sold!");
            link.comes(new Incoming.Ended(List.of(new Part.Acknowledged(1))));
            live.settle();
            assertThat(live.facts)
                    .contains(new DialogFact.Finished(new Outcome.Completed(), false));
        }
    }

    @Test
    void a_text_alone_is_a_menu_and_its_answer_the_end() throws Exception {
        try (LiveDesk live = LiveDesk.running(folder, SURVEY)) {
            Link link = new Link();
            var text = new PushedDialog.OfText(DialogFact.Screen.MENU, "Agreed?");
            assertThat(push(live, text, link)).isEmpty();
            var begin = (Outgoing.Begin) link.next();
            assertThat(begin.first()).isInstanceOf(Outgoing.Ask.class);
            link.comes(new Incoming.Continued(List.of(new Part.Answered(1, begin.first().text()))));
            assertThat(link.next()).isEqualTo(new Outgoing.End());
            live.settle();
            assertThat(live.desk.metrics().scripts())
                    .anySatisfy(
                            it -> {
                                assertThat(it.service()).isEqualTo("push");
                                assertThat(it.script()).isEqualTo("push.menu");
                                assertThat(it.finished("completed")).isOne();
                            });
        }
    }

    @Test
    void what_the_desk_refuses_leaves_nothing_behind() throws Exception {
        try (LiveDesk live = new LiveDesk(folder, "ussd.menu('?')", Trigger.Conditions.NONE, 1)) {
            Link link = new Link();
            assertThat(push(live, new PushedDialog.OfScript("other", null), link))
                    .contains("no_script");
            live.desk.guardHeap(() -> false);
            assertThat(push(live, survey(), link)).contains("heap_full");
            live.desk.guardHeap(() -> true);
            live.roomForEdrs.set(false);
            assertThat(push(live, survey(), link)).contains("no_room_for_edrs");
            live.roomForEdrs.set(true);
            Link running = new Link();
            assertThat(push(live, survey(), running)).isEmpty();
            running.next();
            assertThat(push(live, survey(), link)).contains("too_many_dialogs");
            live.desk.stop(Duration.ZERO);
            assertThat(push(live, survey(), link)).contains("stopping");

            assertThat(link.sent).isEmpty();
            assertThat(live.counters.value(ServiceDesk.BEGUN)).isOne();
            assertThat(live.counters.sum(ServiceDesk.REFUSED)).isEqualTo(5);
        }
    }

    @Test
    void a_stop_of_the_engine_ends_a_last_notify_that_waits() throws Exception {
        try (LiveDesk live = LiveDesk.running(folder, "return 'Thanks'")) {
            Link link = new Link();
            assertThat(push(live, survey(), link)).isEmpty();
            link.next();
            live.desk.stop(Duration.ZERO);
            assertThat(link.next()).isInstanceOf(Outgoing.Abort.class);
            assertThat(live.desk.openDialogs()).isZero();
        }
    }

    @Test
    void a_flow_in_a_pushed_script_says_its_last_word_as_a_notify() throws Exception {
        String script =
                """
                return menu.flow(function()
                  menu.ask{"How many?", check = menu.amount{max = 9}, tries = 1}
                end, {tries_text = "Too often"})
                """;
        try (LiveDesk live = LiveDesk.running(folder, script)) {
            Handset handset = live.reach();
            handset.answer(menu(handset), "x");
            var last = (Screen.Notify) next(handset);
            assertThat(last.text()).isEqualTo("Too often");
            handset.acknowledge(last);
            assertThat(next(handset)).isInstanceOf(Screen.Close.class);
            live.settle();
            assertThat(brief(live.records.getLast()))
                    .isEqualTo("USSD-END DIRECTION=out PUSH_ID=P-1");
        }
    }

    @Test
    void the_history_of_a_pushed_dialog_can_be_had_as_a_dialog_test() throws Exception {
        String script = "ussd.menu('Agreed?')\nreturn 'Thanks'";
        try (LiveDesk live = LiveDesk.running(folder, script)) {
            Handset handset = live.reach();
            handset.answer(menu(handset), "1");
            handset.acknowledge((Screen.Notify) next(handset));
            live.settle();
            String instance = live.records.getFirst().instanceId();
            assertThat(live.history.find(instance).orElseThrow().history().test().lines())
                    .containsExactly(
                            "test \"order script main\"",
                            "from 27761485722",
                            "order script main",
                            "# what it was pushed with was not kept: write it after the key, as JSON",
                            "menu Agreed?",
                            "answer 1",
                            "notify Thanks",
                            "close");
        }
    }

    @Test
    void the_scripts_that_may_be_pushed_are_told_as_those_of_push() {
        try (LiveDesk live = LiveDesk.running(folder, SURVEY)) {
            assertThat(live.desk.scripts())
                    .filteredOn(it -> it.service().equals("push"))
                    .singleElement()
                    .satisfies(it -> assertThat(it.key()).isEqualTo("main"));
        }
    }
}
