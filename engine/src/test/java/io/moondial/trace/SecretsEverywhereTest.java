package io.moondial.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.moondial.admin.RunningEngine;
import io.moondial.admin.RunningEngine.Call;
import io.moondial.handset.Screen;
import io.moondial.text.Dcs;
import io.moondial.text.Mask;
import io.moondial.text.UssdString;
import io.moondial.trace.PcapFormat.PcapFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/**
 * All that is written of a dialog with secret menus: its records, its log from the finest level on,
 * its trace, the status. The answers stand nowhere, and what else holds their digits stands as it
 * is.
 */
class SecretsEverywhereTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String NUMBER = "255712500078";
    private static final String LUA =
            """
            local request = ...
            ussd.menu("PIN?", {secret = true, timeout = 0.05})
            local pin = ussd.menu("PIN, please?", {secret = true})
            log.info("amount 5000, times 5, PIN %s", pin)
            print("amount 5000, times 5, PIN", pin)
            edr.write("CHARGE", {AMOUNT = 5000, TIMES = 5, MSISDN = request.msisdn, PIN = pin})
            stat.increment("paid.5000.times.5")
            ussd.notify(pin)
            local amount = ussd.menu("How much?")
            pcall(error, pin)
            ussd.respond("Paid " .. amount .. " of 5000 for 5")
            error(pin)
            """;

    @TempDir Path folder;

    private final List<String> log = new CopyOnWriteArrayList<>();
    private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    private final Logger dialogs = (Logger) LoggerFactory.getLogger("dialog");
    private final Level rootLevel = root.getLevel();
    private final Level dialogLevel = dialogs.getLevel();
    private final AppenderBase<ILoggingEvent> keeper =
            new AppenderBase<>() {
                @Override
                protected void append(ILoggingEvent event) {
                    log.add(event.getFormattedMessage());
                }
            };

    @BeforeEach
    void logEverything() {
        keeper.start();
        root.addAppender(keeper);
        root.setLevel(Level.TRACE);
        dialogs.setLevel(Level.TRACE);
    }

    @AfterEach
    void logAsBefore() {
        root.detachAppender(keeper);
        root.setLevel(rootLevel);
        dialogs.setLevel(dialogLevel);
    }

    /** A text as the argument or result of an operation has it: scheme, length, octets. */
    private static byte[] carried(String text) throws Exception {
        byte[] octets = UssdString.encode(text, Dcs.UNSPECIFIED).octets();
        ByteArrayOutputStream carried = new ByteArrayOutputStream();
        carried.writeBytes(new byte[] {0x04, 0x01, 0x0f, 0x04, (byte) octets.length});
        carried.writeBytes(octets);
        return carried.toByteArray();
    }

    /** Every field of every record in the files, decoded: EVENT FIELD=VALUE. */
    private List<String> records() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("edr"))) {
            return files.flatMap(SecretsEverywhereTest::lines)
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.substring(line.indexOf('>') + 1).split("\\|", -1))
                    .flatMap(
                            record ->
                                    Stream.of(record)
                                            .skip(1)
                                            .map(field -> record[0] + " " + decoded(field)))
                    .toList();
        }
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String decoded(String field) {
        return URLDecoder.decode(field, StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"5000", "5"})
    void the_answers_stand_nowhere_and_the_same_digits_everywhere_else(String pin)
            throws Exception {
        String status;
        Path pcap = folder.resolve("t.pcap");
        try (RunningEngine it = new RunningEngine(folder, LUA)) {
            Trace trace = it.engine.beginTrace(new PcapFiles(pcap, 1 << 20, 2), null);
            Call call = it.dial(NUMBER, "*5000*5#");
            Screen.Menu late = call.next(Screen.Menu.class);
            Screen.Menu menu = call.next(Screen.Menu.class);
            call.handset.answer(late, pin);
            call.handset.answer(menu, pin);
            Screen.Notify told = call.next(Screen.Notify.class);
            assertThat(told.text()).isEqualTo(pin);
            call.handset.acknowledge(told);
            call.handset.answer(call.next(Screen.Menu.class), pin);
            assertThat(call.next(Screen.Respond.class).text())
                    .isEqualTo("Paid " + pin + " of 5000 for 5");
            await().atMost(PATIENCE)
                    .until(() -> it.engine.openDialogs() == 0 && it.engine.stackDialogs() == 0);
            it.engine.endTrace(trace);
            status = it.engine.status().toString();
        }
        String mask = Mask.of(pin);
        assertThat(records())
                .contains(
                        "USSD-PROCESS MSISDN=" + NUMBER + ":1:1",
                        "USSD-PROCESS TEXT=*5000*5#",
                        "USSD-REQUEST-R DISCARDED=1",
                        "CHARGE AMOUNT=5000",
                        "CHARGE TIMES=5",
                        "CHARGE MSISDN=" + NUMBER,
                        "CHARGE PIN=" + mask,
                        "USSD-NOTIFY TEXT=" + mask,
                        "USSD-REQUEST-R TEXT=" + pin,
                        "USSD-PROCESS-R TEXT=Paid " + pin + " of 5000 for 5",
                        "USSD-SHUTDOWN EXCEPTION=main.lua:12: " + mask);
        assertThat(records().stream().filter(it -> it.startsWith("USSD-REQUEST-R TEXT=")))
                .as("late, in time, and the answer that is not secret")
                .containsExactlyInAnyOrder(
                        "USSD-REQUEST-R TEXT=" + mask,
                        "USSD-REQUEST-R TEXT=" + mask,
                        "USSD-REQUEST-R TEXT=" + pin);
        assertThat(log)
                .anyMatch(it -> it.endsWith(" amount 5000, times 5, PIN " + mask))
                .anyMatch(it -> it.endsWith(" amount 5000, times 5, PIN\\t" + mask))
                .anyMatch(it -> it.contains(" main.lua:12: " + mask))
                .noneMatch(it -> it.matches("(?s).*(PIN|12:)(\\s|\\\\t)" + pin + "\\b.*"));
        PcapFile traced = PcapFile.read(pcap);
        assertThat(traced.holding(carried(mask))).as("two answers, a notify").isEqualTo(3);
        assertThat(traced.holding(carried(pin))).as("the amount").isEqualTo(1);
        assertThat(traced.holding(carried("*5000*5#"))).isEqualTo(1);
        assertThat(traced.holding(carried("Paid " + pin + " of 5000 for 5"))).isEqualTo(1);
        assertThat(status).contains("script.paid.5000.times.5");
    }
}
