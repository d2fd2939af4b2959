package io.moondial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.moondial.channel.Address;
import io.moondial.channel.sigtran.SigtranHandsets;
import io.moondial.channel.sigtran.SigtranSettings.Association;
import io.moondial.channel.sigtran.SigtranSettings.Mode;
import io.moondial.channel.ss7.FarSide;
import io.moondial.channel.ss7.Message.Operation;
import io.moondial.channel.ss7.SignallingLimits;
import io.moondial.config.HostPort;
import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import io.moondial.logic.DialogMetrics;
import io.moondial.logic.DialogObserver;
import io.moondial.metrics.Exposition;
import io.moondial.metrics.Exposition.Family;
import io.moondial.script.api.Backend;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.time.LeapingTime;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What Prometheus and the console get of an engine that has had some of everything: links, calls of
 * all modules, failures, refusals. The page, the dashboard and the alerts are held to it.
 */
class MetricsTest {
    private static final Path ROOT =
            Path.of(Objects.requireNonNull(System.getProperty("moondial.root")));
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String MSISDN = "27761485722";

    /**
     * What is dialled beside three times the menu; the last but one finds its script switched off.
     */
    private static final List<String> ONCE =
            List.of("*2#", "*2#", "*3#", "*5#", "*4#", "*4#", "*4#", "*9#");

    private static final JsonMapper JSON = JsonMapper.shared();

    /** A metric of ours, or of the process, in an expression of Prometheus. */
    private static final Pattern METRIC =
            Pattern.compile(
                    "\\b((?:ussd|m3ua|tcap|map|jvm|process|moondial)_[a-z0-9_]+)(\\{[^}]*})?");

    private static final Pattern LABEL = Pattern.compile("(\\w+)\\s*(?:=~|!~|!=|=)\\s*\"");

    @TempDir static Path folder;
    private static final LeapingTime time = new LeapingTime();
    private static final List<AutoCloseable> open = new ArrayList<>();
    private static Engine engine;
    private static SortedMap<String, Long> counters;
    private static String scrape;

    @BeforeAll
    static void run() throws Exception {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(
                folder.resolve("scripts/main.lua"),
                """
                local a = ussd.menu("1. On")
                http.get("billing", "/accounts/1")
                sql.value("bank", "SELECT 1", {})
                kv.set("b", "k", 1)
                stat.increment("topup.success")
                stat.increment("m" .. (...).msisdn)
                return "Bye"
                """);
        Files.writeString(folder.resolve("scripts/broken.lua"), "error('broken')");
        Files.writeString(folder.resolve("scripts/no.lua"), "ussd.decline(17)");
        Files.writeString(folder.resolve("scripts/loop.lua"), "while true do end");
        Files.writeString(
                folder.resolve("scripts/late.lua"), "ussd.respond('Bye')\nreturn 'Too late'");
        Path file = folder.resolve("rules.yaml");
        String rules =
                """
                script: {max_kills: 2, max_kills_time: 1d, switch_off_time: 1d, max_instructions: 100000}
                process:
                  triggers:
                    - {ussd_string: "*1#", script_key: main}
                    - {ussd_string: "*2#", script_key: broken}
                    - {ussd_string: "*3#", script_key: "no"}
                    - {ussd_string: "*4#", script_key: loop}
                    - {ussd_string: "*5#", script_key: late}
                http: {upstreams: {billing: {url: "http://127.0.0.1:9/", connect_timeout: 1m, timeout: 2m}}}
                sql: {databases: {bank: {url: "jdbc:sqlite:bank.db"}}}
                kv: {store: memory}
                network:
                  sigtran:
                    point_code: 2
                    global_title: "27829000000"
                    application_servers:
                      - name: stp
                        mode: asp
                        routing_context: 101
                        point_codes: [1]
                        associations: [{name: a1, transport: tcp, listen: "127.0.0.1:0"}]
                """;
        Files.writeString(file, rules);
        engine = new Engine(Configuration.read(file), DialogObserver.NOBODY, time);
        open.addFirst(engine);
        engine.openAdmin(List.of());
        engine.start();
        Files.writeString(file, "nonsense");
        engine.reloading().prepare().run();
        Files.writeString(file, rules);
        engine.reloading().prepare().run();
        SigtranHandsets handsets = handsets();
        for (int i = 0; i < 3; i++) {
            talk(handsets, "*1#");
        }
        for (String code : ONCE) {
            talk(handsets, code);
        }
        await().atMost(PATIENCE).until(() -> engine.openDialogs() == 0);
        // the handset has a refusal before the engine counts that it was sent
        await().atMost(PATIENCE).until(() -> engine.counters().value("map.errors.process.36") == 1);
        engine.counters().increment("dialogs.notes"); // as if something odd had happened
        // as if there were pushes
        engine.counters().add("push.accepted", 3);
        engine.counters().add("push.attempts", 4);
        engine.counters().add("push.ended.completed", 2);
        engine.counters().increment("push.ended.failed");
        engine.counters().increment("push.retries.ussd_busy");
        engine.counters().increment("push.refused.full");
        time.leap(Duration.ofSeconds(11));
        counters = engine.counters().snapshot();
        scrape = read("/metrics", "").body();
    }

    @AfterAll
    static void close() throws Exception {
        for (AutoCloseable it : open) {
            it.close();
        }
    }

    private static SigtranHandsets handsets() throws Exception {
        String address = engine.links().getFirst().address();
        int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
        SigtranHandsets handsets =
                new SigtranHandsets(
                        1,
                        2,
                        new SigtranHandsets.Far(2, null, List.of(6)),
                        SigtranHandsets.link(
                                Mode.SGW,
                                101,
                                2,
                                Association.connecting("h1", new HostPort("127.0.0.1", port))),
                        SignallingLimits.of(10_000));
        open.addFirst(handsets);
        handsets.start();
        handsets.awaitReady(PATIENCE);
        return handsets;
    }

    /** Dials, and answers a menu if there is one, until the dialog is over. */
    private static void talk(SigtranHandsets handsets, String code) throws Exception {
        BlockingQueue<Screen> screens = new LinkedBlockingQueue<>();
        Handset handset =
                Handset.begin(
                        handsets,
                        new FarSide.Call(
                                Operation.PROCESS_UNSTRUCTURED_SS_REQUEST,
                                UssdString.encode(code, Dcs.UNSPECIFIED),
                                Address.international(MSISDN),
                                null,
                                null,
                                6),
                        screens::add);
        Screen screen = Objects.requireNonNull(screens.poll(60, TimeUnit.SECONDS), "no screen");
        if (screen instanceof Screen.Menu menu) {
            handset.answer(menu, "1");
            Objects.requireNonNull(screens.poll(60, TimeUnit.SECONDS), "no screen");
        }
    }

    private record Got(int status, String type, String body) {}

    private static Got read(String path, String headers) throws IOException {
        Path socket = engine.status().rules().resolveSibling("run/ussd.sock");
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.write(
                    ByteBuffer.wrap(
                            "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n"
                                    .formatted(path, headers)
                                    .getBytes(StandardCharsets.US_ASCII)));
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            ByteBuffer some = ByteBuffer.allocate(1 << 16);
            while (channel.read(some) >= 0) {
                all.write(some.array(), 0, some.position());
                some.clear();
            }
            String answer = all.toString(StandardCharsets.UTF_8);
            int end = answer.indexOf("\r\n\r\n");
            String head = answer.substring(0, end);
            Matcher type = Pattern.compile("(?i)content-type: (.*)").matcher(head);
            return new Got(
                    Integer.parseInt(head.split(" ", 3)[1]),
                    type.find() ? type.group(1).trim() : "",
                    answer.substring(end + 4));
        }
    }

    private static List<Family> families() {
        return engine.metrics().families();
    }

    private static double value(String series) {
        return scrape.lines()
                .filter(it -> it.startsWith(series + " "))
                .mapToDouble(it -> Double.parseDouble(it.substring(series.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + series + " in\n" + scrape));
    }

    /** The names of the series that are there. */
    private static Set<String> names() {
        return scrape.lines()
                .filter(it -> !it.startsWith("#"))
                .map(it -> it.split("[{ ]", 2)[0])
                .collect(Collectors.toCollection(TreeSet::new));
    }

    // ---- what is in it

    @Test
    void each_thing_is_counted_once_and_where_it_belongs() {
        assertThat(
                        value(
                                "ussd_dialogs_total{outcome=\"responded\",script=\"main\",service=\"process\"}"))
                .isEqualTo(3);
        assertThat(
                        value(
                                "ussd_dialogs_total{outcome=\"failed\",script=\"broken\",service=\"process\"}"))
                .isEqualTo(2);
        assertThat(value("ussd_dialogs_begun_total{script=\"main\",service=\"process\"}"))
                .isEqualTo(3);
        assertThat(value("ussd_dialogs_open{script=\"main\",service=\"process\"}")).isZero();
        assertThat(value("ussd_turn_seconds_count{script=\"main\",service=\"process\"}"))
                .isEqualTo(6);
        assertThat(value("ussd_think_seconds_count{script=\"main\",service=\"process\"}"))
                .isEqualTo(3);
        assertThat(
                        value(
                                "ussd_turn_seconds_bucket{script=\"main\",service=\"process\",le=\"+Inf\"}"))
                .isEqualTo(6);
        assertThat(value("ussd_script_errors_total{script=\"broken\",service=\"process\"}"))
                .isEqualTo(2);
        assertThat(value("ussd_script_kills_total{script=\"loop\",service=\"process\"}"))
                .isEqualTo(2);
        assertThat(value("ussd_script_skipped_total{script=\"loop\",service=\"process\"}")).isOne();
        assertThat(value("ussd_script_switched_off{script=\"loop\",service=\"process\"}")).isOne();
        assertThat(value("ussd_script_warnings_total{script=\"late\",service=\"process\"}"))
                .isOne();
        assertThat(value("ussd_reloads_total{outcome=\"done\"}")).isOne();
        assertThat(value("ussd_reloads_total{outcome=\"rejected\"}")).isOne();
        assertThat(value("ussd_refused_total{cause=\"no_trigger\"}")).isOne();
        assertThat(value("map_errors_total{code=\"17\",operation=\"process\"}")).isOne();
        assertThat(value("map_errors_total{code=\"36\",operation=\"process\"}")).isOne();
        assertThat(value("ussd_kv_seconds_count{outcome=\"ok\",store=\"memory\"}")).isEqualTo(3);
        assertThat(value("ussd_sql_seconds_count{database=\"bank\",outcome=\"ok\"}")).isEqualTo(3);
        assertThat(
                        value(
                                "ussd_http_client_seconds_count{outcome=\"connect\",upstream=\"billing\"}"))
                .isEqualTo(3);
    }

    @Test
    void messages_are_counted_both_ways_at_the_link_and_in_tcap() {
        double begins = 3 + ONCE.size();
        double in = value("m3ua_messages_total{association=\"a1\",direction=\"in\"}");
        double out = value("m3ua_messages_total{association=\"a1\",direction=\"out\"}");
        assertThat(in).isEqualTo(begins + 3);
        assertThat(out).isEqualTo(begins + 3);
        assertThat(value("tcap_messages_total{direction=\"in\",type=\"begin\"}")).isEqualTo(begins);
        assertThat(value("tcap_messages_total{direction=\"in\",type=\"continue\"}")).isEqualTo(3);
        assertThat(value("tcap_messages_total{direction=\"out\",type=\"continue\"}")).isEqualTo(3);
        assertThat(value("tcap_messages_total{direction=\"out\",type=\"end\"}")).isEqualTo(7);
        // two errors and two kills
        assertThat(value("tcap_messages_total{direction=\"out\",type=\"abort\"}")).isEqualTo(4);
    }

    @Test
    void one_state_of_each_link_is_true() {
        assertThat(value("m3ua_as_state{application_server=\"stp\",state=\"active\"}")).isOne();
        assertThat(value("m3ua_as_state{application_server=\"stp\",state=\"down\"}")).isZero();
        assertThat(
                        value(
                                "m3ua_asp_state{application_server=\"stp\",association=\"a1\",state=\"active\"}"))
                .isOne();
        assertThat(value("ussd_http_breaker{state=\"closed\",upstream=\"billing\"}")).isOne();
    }

    @Test
    void no_number_of_a_subscriber_is_in_it_even_if_a_script_counts_under_it() {
        assertThat(scrape).doesNotContain(MSISDN);
        assertThat(value("ussd_script_stat_total{name=\"topup.success\"}")).isEqualTo(3);
        assertThat(value("ussd_script_stat_total{name=\"(composed)\"}")).isEqualTo(3);
    }

    @Test
    void what_a_family_shows_is_what_status_counts_and_no_event_too() {
        Set<String> nought = new TreeSet<>();
        EngineMetrics.SHOWN_ELSEWHERE.forEach(
                (key, shown) -> {
                    double counted =
                            counters.entrySet().stream()
                                    .filter(it -> isUnder(key, it.getKey()))
                                    .mapToLong(Map.Entry::getValue)
                                    .sum();
                    assertThat(shown.stream().mapToDouble(MetricsTest::sum).sum())
                            .as("%s, shown by %s", key, shown)
                            .isEqualTo(counted);
                    if (counted == 0) {
                        nought.add(key);
                    }
                    assertThat(events().keySet()).noneMatch(it -> isUnder(key, it));
                });
        // no disk fails here, and no record is lost
        assertThat(nought).containsExactly("edr.dropped", "edr.failures", "edr.lost");
    }

    private static boolean isUnder(String key, String counter) {
        return key.endsWith(".")
                ? counter.startsWith(key) && !counter.endsWith(".microseconds")
                : counter.equals(key);
    }

    /** All values of a family together: how many there are, if it measures. */
    private static double sum(String family) {
        String count = family.endsWith("_seconds") ? family + "_count" : family;
        return scrape.lines()
                .filter(it -> it.startsWith(count + "{") || it.startsWith(count + " "))
                .mapToDouble(it -> Double.parseDouble(it.substring(it.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static Map<String, Double> events() {
        Map<String, Double> events = new TreeMap<>();
        Matcher event =
                Pattern.compile("(?m)^ussd_events_total\\{event=\"([^\"]*)\"} (\\S+)$")
                        .matcher(scrape);
        while (event.find()) {
            events.put(event.group(1), Double.parseDouble(event.group(2)));
        }
        return events;
    }

    @Test
    void no_series_is_there_twice() {
        assertThat(scrape.lines().map(it -> it.substring(0, it.lastIndexOf(' '))))
                .doesNotHaveDuplicates();
    }

    @Test
    void everything_else_that_status_counts_is_an_event() {
        assertThat(events())
                .containsEntry("scripts.errors_summed_up", 2.0)
                .containsEntry("scripts.switched_off", 1.0)
                .containsEntry("dialogs.notes", 1.0);
        assertThat(events().keySet())
                .containsAll(
                        counters.keySet().stream()
                                .filter(it -> EngineMetrics.shownElsewhere(it) == null)
                                .toList());
    }

    @Test
    void every_gauge_of_a_module_is_in_it() {
        for (Backend.Gauge gauge : engine.status().outside()) {
            String target = gauge.called().substring(gauge.called().indexOf('.') + 1);
            assertThat(scrape.lines())
                    .as(gauge.toString())
                    .anyMatch(
                            it ->
                                    it.contains('"' + target + '"')
                                            && (it.contains("_" + gauge.name())
                                                    || it.contains('"' + gauge.name() + '"')
                                                    || (gauge.name().equals("state")
                                                            && it.startsWith("ussd_outside_up"))));
        }
    }

    @Test
    void promtool_finds_nothing_wrong() throws Exception {
        assumeTrue(hasPromtool(), "promtool is not installed");
        Process promtool =
                new ProcessBuilder("promtool", "check", "metrics")
                        .redirectErrorStream(true)
                        .start();
        try (var in = promtool.getOutputStream()) {
            in.write(scrape.getBytes(StandardCharsets.UTF_8));
        }
        String found = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(found).isEmpty();
        assertThat(promtool.waitFor()).isZero();
    }

    @Test
    void promtool_finds_the_alerts_right() throws Exception {
        assumeTrue(hasPromtool(), "promtool is not installed");
        for (List<String> command :
                List.of(
                        List.of("check", "rules", "moondial.rules.yaml"),
                        List.of("test", "rules", "moondial.rules.test.yaml"),
                        List.of("check", "config", "--syntax-only", "prometheus.yaml"))) {
            List<String> whole = new ArrayList<>(List.of("promtool"));
            whole.addAll(command);
            Process promtool =
                    new ProcessBuilder(whole)
                            .directory(ROOT.resolve("deploy/prometheus").toFile())
                            .redirectErrorStream(true)
                            .start();
            promtool.getOutputStream().close();
            String said =
                    new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(promtool.waitFor()).as(said).isZero();
        }
    }

    private static boolean hasPromtool() {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(it -> Files.isExecutable(Path.of(it, "promtool")));
    }

    // ---- the formats

    @Test
    void a_caller_that_takes_openmetrics_gets_it() throws Exception {
        assertThat(read("/metrics", "").type()).startsWith("text/plain; version=0.0.4");
        Got got =
                read(
                        "/metrics",
                        "Accept: application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3\r\n");
        assertThat(got.type()).startsWith("application/openmetrics-text");
        assertThat(got.body()).endsWith("# EOF\n").contains("# UNIT ussd_turn_seconds seconds");
    }

    // ---- what is built on it

    private static void assertKnown(String where, String expression) {
        Set<String> names = names();
        Matcher metric = METRIC.matcher(expression);
        while (metric.find()) {
            assertThat(names).as("%s: %s", where, expression).contains(metric.group(1));
            Set<String> labels = labels(metric.group(1));
            Matcher label = LABEL.matcher(Objects.requireNonNullElse(metric.group(2), ""));
            while (label.find()) {
                assertThat(labels).as("%s: %s", where, expression).contains(label.group(1));
            }
        }
    }

    private static Set<String> labels(String name) {
        Set<String> labels = new TreeSet<>(List.of("instance", "job"));
        scrape.lines()
                .filter(it -> it.startsWith(name + "{"))
                .forEach(
                        it -> {
                            Matcher label = LABEL.matcher(it);
                            while (label.find()) {
                                labels.add(label.group(1));
                            }
                        });
        return labels;
    }

    @Test
    void the_dashboard_asks_for_what_there_is() throws Exception {
        JsonNode dashboard = JSON.readTree(ROOT.resolve("deploy/grafana/moondial.json").toFile());
        List<String> expressions = new ArrayList<>();
        dashboard.findValues("expr").forEach(it -> expressions.add(it.asString()));
        assertThat(expressions).hasSizeGreaterThan(40);
        expressions.forEach(it -> assertKnown("moondial.json", it));
    }

    @Test
    void the_alerts_ask_for_what_there_is() throws Exception {
        String rules = Files.readString(ROOT.resolve("deploy/prometheus/moondial.rules.yaml"));
        List<String> lines =
                rules.lines()
                        .filter(it -> !it.strip().startsWith("#"))
                        .filter(it -> !it.contains("description:") && !it.contains("summary:"))
                        .toList();
        assertThat(METRIC.matcher(String.join("\n", lines)).results()).hasSizeGreaterThan(20);
        lines.forEach(it -> assertKnown("moondial.rules.yaml", it));
    }

    @Test
    void the_page_says_what_there_is() throws Exception {
        Path page = ROOT.resolve("engine/docs/metrics.md");
        String text = Files.readString(page);
        String begin = "<!-- the families: made by MetricsTest -->\n";
        int from = text.indexOf(begin) + begin.length();
        int to = text.indexOf("<!-- end -->");
        String made = table();
        if (Boolean.getBoolean("moondial.update")) {
            Files.writeString(page, text.substring(0, from) + made + text.substring(to));
            return;
        }
        assertThat(text.substring(from, to))
                .as("metrics.md is stale; run this test with -Dmoondial.update=true")
                .isEqualTo(made);
    }

    private static String table() {
        StringBuilder page =
                new StringBuilder(
                        "\n| name | type | labels | unit | meaning |\n|---|---|---|---|---|\n");
        for (Family it : families()) {
            page.append(
                    "| `%s` | %s | %s | %s | %s |\n"
                            .formatted(
                                    it.name(),
                                    it.type().word(),
                                    it.labels().stream()
                                            .map(label -> "`" + label + "`")
                                            .collect(Collectors.joining(", ")),
                                    it.unit(),
                                    it.help()));
        }
        return page.append('\n').toString();
    }

    @Test
    void all_families_but_those_of_other_modules_are_there() {
        Set<String> names = names();
        for (Family family : families()) {
            String series =
                    family.name()
                            + (family.type() == Exposition.Type.HISTOGRAM
                                            || family.type() == Exposition.Type.SUMMARY
                                    ? "_count"
                                    : "");
            if (!Set.of("ussd_module_seconds", "ussd_kv_file_bytes", "ussd_kv_connections")
                    .contains(family.name())) {
                assertThat(names).contains(series);
            }
        }
    }

    // ---- health and plots

    @Test
    void an_engine_with_a_link_is_ready_and_says_why() throws Exception {
        Got got = read("/health/ready", "");
        assertThat(got.status()).as(got.body()).isEqualTo(200);
        JsonNode health = JSON.readTree(got.body());
        assertThat(health.path("status").asString()).isEqualTo("ok");
        assertThat(health.path("checks").findValuesAsString("name"))
                .containsExactly("dialogs", "links", "edrs", "rules");
        assertThat(read("/health/live", "").status()).isEqualTo(200);
    }

    @Test
    void a_check_that_is_left_out_is_not_asked_and_one_that_is_none_is_refused() throws Exception {
        Got got = read("/health/ready?without=rules,links", "");
        assertThat(got.status()).as(got.body()).isEqualTo(200);
        assertThat(JSON.readTree(got.body()).path("checks").findValuesAsString("name"))
                .containsExactly("dialogs", "edrs");
        for (String bad : List.of("without=rulez", "without=", "without=rules,", "with=rules")) {
            assertThat(read("/health/ready?" + bad, "").status()).as(bad).isEqualTo(400);
        }
        assertThat(read("/health/ready?without=rulez", "").body())
                .contains("allowed are names of checks", "dialogs, links, edrs, rules");
    }

    @Test
    void plots_have_the_dialogs_that_were() throws Exception {
        JsonNode series =
                JSON.readTree(
                        read(
                                        "/v1/series?names=dialogs_per_second,outcomes_per_second,turn_p99_ms,messages_per_second,open,failed_per_minute&minutes=1440",
                                        "")
                                .body());
        assertThat(series.path("step_seconds").asInt()).isEqualTo(10);
        double[] begun = {0};
        int lines = 0;
        for (JsonNode line : series.path("series")) {
            lines++;
            assertThat(line.path("values")).hasSize(8640);
            if (line.path("name").asString().equals("dialogs_per_second")) {
                line.path("values").forEach(it -> begun[0] += it.isNull() ? 0 : it.asDouble());
                assertThat(line.path("values").get(0).isNull()).isTrue();
            }
        }
        assertThat(begun[0]).isPositive();
        assertThat(lines).isEqualTo(4 + DialogMetrics.OUTCOMES.size() + 2);
    }

    @Test
    void a_plot_of_something_else_is_refused_with_what_there_is() throws Exception {
        Got got = read("/v1/series?names=weather", "");
        assertThat(got.status()).isEqualTo(400);
        assertThat(got.body()).contains("weather", "dialogs_per_second");
        assertThat(read("/v1/series?names=open&step_seconds=9", "").status()).isEqualTo(400);
        assertThat(read("/v1/series?names=open&minutes=1501", "").status()).isEqualTo(400);
        assertThat(read("/v1/series", "").status()).isEqualTo(400);
    }
}
