package io.moondial.logic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import io.moondial.rules.Trigger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** More dialogs than there may be, over real TCAP. */
class OverloadTest {
    private static final int LIMIT = 50;
    private static final int FLOOD = 10 * LIMIT;
    private static final String TWO_MENUS =
            """
            local name = ussd.menu("Name?")
            return name .. " is " .. ussd.menu("Age?")
            """;

    @TempDir Path folder;

    private final Logger dialogLog = (Logger) LoggerFactory.getLogger("dialog");
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach
    void listen() {
        lines.start();
        dialogLog.setLevel(Level.INFO);
        dialogLog.setAdditive(false);
        dialogLog.addAppender(lines);
    }

    @AfterEach
    void listenNoMore() {
        dialogLog.detachAppender(lines);
        dialogLog.setAdditive(true);
        dialogLog.setLevel(Level.OFF); // as the tests have it
    }

    /** What was logged of the cause, of this desk's test alone: no other has so many refusals. */
    private List<String> logged(String cause) {
        return List.copyOf(lines.list).stream()
                .map(ILoggingEvent::getFormattedMessage)
                .filter(line -> line.contains(cause))
                .toList();
    }

    /** How many a line sums up: it begins with the count. */
    private static long count(String line) {
        return Long.parseLong(line.substring(0, line.indexOf(' ')));
    }

    private List<Handset> dialMany(LiveDesk live, int count) {
        List<Handset> handsets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            handsets.add(live.dial("*1#"));
        }
        return handsets;
    }

    private static void expectDeclined(List<Handset> handsets, int code) {
        for (Handset handset : handsets) {
            assertThat(LiveDesk.next(handset)).isEqualTo(new Screen.Decline(code));
        }
    }

    @Test
    void a_flood_of_ten_times_the_limit_is_refused_one_by_one_and_who_runs_is_served()
            throws Exception {
        try (LiveDesk live = new LiveDesk(folder, TWO_MENUS, Trigger.Conditions.NONE, LIMIT)) {
            List<Handset> running = dialMany(live, LIMIT);
            List<Screen.Menu> first = running.stream().map(LiveDesk::menu).toList();
            List<Handset> flood = new ArrayList<>();
            for (int i = 0; i < LIMIT; i++) {
                flood.addAll(dialMany(live, FLOOD / LIMIT / 2));
                running.get(i).answer(first.get(i), "N" + i);
                flood.addAll(dialMany(live, FLOOD / LIMIT / 2));
            }
            // Before any of those that run ends: then there would be room again.
            expectDeclined(flood, 34);
            for (int i = 0; i < LIMIT; i++) {
                running.get(i).answer(LiveDesk.menu(running.get(i)), "A" + i);
                assertThat(LiveDesk.next(running.get(i)))
                        .isEqualTo(new Screen.Respond("N" + i + " is A" + i));
            }
            live.settle();
            assertThat(live.counters.value("dialogs.begun")).isEqualTo(LIMIT);
            assertThat(live.counters.value("dialogs.finished.responded")).isEqualTo(LIMIT);
            assertThat(live.counters.value("dialogs.refused.too_many_dialogs")).isEqualTo(FLOOD);
            assertThat(live.records).as("who was refused leaves no record").hasSize(6 * LIMIT);
        }
    }

    @Test
    void once_there_is_room_again_new_dialogs_are_taken() throws Exception {
        try (LiveDesk live = new LiveDesk(folder, TWO_MENUS, Trigger.Conditions.NONE, 1)) {
            Handset one = live.dial("*1#");
            Screen.Menu menu = LiveDesk.menu(one);
            expectDeclined(dialMany(live, 3), 34);
            one.answer(menu, "A");
            one.answer(LiveDesk.menu(one), "1");
            assertThat(LiveDesk.next(one)).isEqualTo(new Screen.Respond("A is 1"));
            live.settle();
            assertThat(LiveDesk.menu(live.dial("*1#")).text()).isEqualTo("Name?");
        }
    }

    @Test
    void where_records_or_heap_are_short_running_dialogs_go_on_and_each_cause_is_counted()
            throws Exception {
        try (LiveDesk live = LiveDesk.running(folder, TWO_MENUS)) {
            Handset running = live.dial("*1#");
            Screen.Menu menu = LiveDesk.menu(running);
            live.roomForEdrs.set(false);
            expectDeclined(dialMany(live, 2), 34);
            live.desk.guardHeap(() -> false);
            expectDeclined(dialMany(live, 3), 34);
            running.answer(menu, "A");
            running.answer(LiveDesk.menu(running), "1");
            assertThat(LiveDesk.next(running)).isEqualTo(new Screen.Respond("A is 1"));
            live.settle();
            assertThat(live.counters.value("dialogs.refused.no_room_for_edrs")).isEqualTo(2);
            assertThat(live.counters.value("dialogs.refused.heap_full")).isEqualTo(3);
        }
    }

    @Test
    void a_flood_of_refusals_is_no_flood_of_log_lines_and_the_lines_add_up() throws Exception {
        try (LiveDesk live = LiveDesk.running(folder, TWO_MENUS)) {
            live.desk.guardHeap(() -> false);
            expectDeclined(dialMany(live, FLOOD), 34);
            await().atMost(LiveDesk.PATIENCE)
                    .untilAsserted(
                            () -> {
                                List<String> told = logged("heap full");
                                long single =
                                        told.stream().filter(it -> it.contains("answered")).count();
                                long summed =
                                        told.stream()
                                                .filter(it -> it.contains("more within about"))
                                                .mapToLong(OverloadTest::count)
                                                .sum();
                                assertThat(single + summed).isEqualTo(FLOOD);
                                assertThat(summed).isPositive();
                            });
        }
    }
}
