package io.moondial.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.moondial.Configuration;
import io.moondial.Engine;
import io.moondial.LastGood;
import io.moondial.admin.Role;
import io.moondial.admin.ScriptsResource;
import io.moondial.admin.UsersFile;
import io.moondial.channel.sigtran.SigtranHandsets;
import io.moondial.channel.sigtran.SigtranSettings.Association;
import io.moondial.channel.sigtran.SigtranSettings.Mode;
import io.moondial.channel.ss7.SignallingLimits;
import io.moondial.cli.test.ServedTests;
import io.moondial.config.HostPort;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.TimeoutException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.net.PortProber;
import org.openqa.selenium.support.ui.Select;
import org.openqa.selenium.support.ui.WebDriverWait;

/** The console in a real browser, with a real engine behind it. */
@Tag("browser")
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ConsoleTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Path PICTURES = Path.of("target/screenshots");
    private static final List<String> PAGES =
            List.of("", "dialogs", "pushes", "phone", "scripts", "rules", "edrs", "links");

    /** Long, so that no identifier has the same digits by chance. */
    private static final String PIN = "90817263";

    /** A menu, a secret, a last text; and what a page must show as text whatever it looks like. */
    private static final String SCRIPT =
            """
            local ussd = require "ussd"
            local choice = ussd.menu("<b>Moon</b> & money\\n1. Balance\\n2. \\"Quotes\\"")
            log.info("chose <script>document.title = 'broken into'</script>")
            local pin = ussd.menu("PIN?", {secret = true})
            if choice == "9" then
              return "never tried"
            end
            return "Balance: 12.50"
            """;

    private static final String TESTS =
            """
            test "the balance"
            dial *100#
            menu <b>Moon</b> & money
                 1. Balance
                 2. "Quotes"
            answer 1
            menu PIN?
            answer 90817263
            respond Balance: 12.50
            """;

    private static @Nullable ChromeDriver browser;

    @TempDir Path folder;
    private final List<AutoCloseable> open = new ArrayList<>();
    private String home = "";

    @BeforeEach
    void write() throws IOException {
        save("scripts/main.lua", SCRIPT);
        save("scripts/main.dialog", TESTS);
        rules("");
    }

    @AfterEach
    void end() throws Exception {
        for (AutoCloseable it : open.reversed()) {
            it.close();
        }
    }

    private void rules(String more) throws IOException {
        save(
                "rules.yaml",
                """
                process:
                  triggers:
                    - {ussd_string: "*144#", script_key: main}
                    - {msisdn_prefix: "2777", script_key: main}
                    - {ussd_string_prefix: "*100", script_key: main}
                  menu_timeout: 10m
                script: {reload_interval: 50ms}
                dialogs: {stop_timeout: 1s}
                edr: {max_flush_time: 50ms}
                control: {socket: "%s"}
                admin: {listen: "127.0.0.1:0", users: users}
                %s
                """
                        .formatted(folder.resolve("run/s.sock"), more));
    }

    private void save(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private String path() {
        return folder.resolve("rules.yaml").toString();
    }

    // ---- the engine and the browser

    /** An engine with all that serve gives it, and a page on which a user of this role is in. */
    private ChromeDriver console(String role) throws Exception {
        new UsersFile(folder.resolve("users"))
                .add(role, Role.named(role).orElseThrow(), "moon-%s-4711".formatted(role));
        Engine engine = new Engine(Configuration.read(folder.resolve("rules.yaml")));
        open.add(engine);
        engine.openAdmin(
                List.of(new ScriptsResource(engine.scripts(), new ServedTests(engine::rules))));
        engine.start();
        engine.keepLastGood(new LastGood(folder.resolve("rules.yaml"), folder.resolve("state")));
        engine.followChanges(now -> {});
        home = "http://127.0.0.1:" + engine.admin().tcpPort();
        ChromeDriver page = freshPage();
        page.get(home + "/");
        element("[name=user]").sendKeys(role);
        element("[name=password]").sendKeys("moon-%s-4711".formatted(role), Keys.ENTER);
        element("nav");
        return page;
    }

    /** A window of its own: it knows nothing of those before, and saves into the test's folder. */
    private ChromeDriver freshPage() {
        ChromeDriver page = page();
        String before = page.getWindowHandle();
        page.switchTo().newWindow(WindowType.WINDOW);
        String own = page.getWindowHandle();
        page.switchTo().window(before).close();
        page.switchTo().window(own);
        page.manage().window().setSize(new Dimension(1280, 900));
        page.executeCdpCommand("Network.clearBrowserCookies", Map.of());
        page.executeCdpCommand("Network.clearBrowserCache", Map.of());
        page.executeCdpCommand(
                "Storage.clearDataForOrigin", Map.of("origin", home, "storageTypes", "all"));
        page.executeCdpCommand(
                "Browser.setDownloadBehavior",
                Map.of("behavior", "allow", "downloadPath", folder.toString()));
        page.manage().logs().get(LogType.BROWSER); // what is read here is told no more
        return page;
    }

    /** One for all tests: its start takes longer than most of them. */
    @BeforeAll
    static void startBrowser() throws IOException {
        Optional<File> chromium = program("chromium", "chromium-browser", "google-chrome");
        Optional<File> driver = program("chromedriver");
        assumeTrue(
                chromium.isPresent() && driver.isPresent(), "chromium or chromedriver is missing");
        ChromeOptions options = new ChromeOptions();
        options.setBinary(chromium.get());
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-dev-shm-usage",
                "--lang=en");
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, java.util.logging.Level.WARNING);
        options.setCapability("goog:loggingPrefs", logs);
        int port = PortProber.findFreePort();
        ChromeDriverService service =
                new ChromeDriverService(
                        driver.get(), port, PATIENCE, List.of("--port=" + port), Map.of());
        browser = new ChromeDriver(service, options);
    }

    @AfterAll
    static void endBrowser() {
        if (browser != null) {
            browser.quit();
            browser = null;
        }
    }

    private static Optional<File> program(String... names) {
        return Stream.of(names)
                .flatMap(
                        name ->
                                Stream.of(System.getenv("PATH").split(File.pathSeparator))
                                        .map(it -> new File(it, name)))
                .filter(File::canExecute)
                .findFirst();
    }

    private static ChromeDriver page() {
        return requireNonNull(browser);
    }

    private <T> T await(Function<ChromeDriver, T> condition) {
        return new WebDriverWait(page(), PATIENCE)
                .pollingEvery(Duration.ofMillis(50))
                .ignoring(StaleElementReferenceException.class)
                .until(it -> condition.apply(page()));
    }

    private WebElement element(String css) {
        return await(it -> it.findElements(By.cssSelector(css)).stream().findFirst().orElse(null));
    }

    /** Waits until the page's text has all of these. */
    private void awaitText(String css, String... texts) {
        try {
            await(
                    it -> {
                        String all =
                                it.findElements(By.cssSelector(css)).stream()
                                        .map(WebElement::getText)
                                        .reduce("", (a, b) -> a + "\n" + b);
                        return Stream.of(texts).allMatch(all::contains) ? true : null;
                    });
        } catch (TimeoutException e) {
            throw new AssertionError(
                    "no %s in %s: %s"
                            .formatted(
                                    List.of(texts),
                                    css,
                                    page().findElement(By.cssSelector("body")).getText()),
                    e);
        }
    }

    private void go(String name) {
        element("nav a[href='/%s']".formatted(name)).click();
    }

    private void press(String text) {
        await(
                it -> {
                    Optional<WebElement> button =
                            it.findElements(By.cssSelector("main button, main a")).stream()
                                    .filter(each -> each.getText().equals(text))
                                    .filter(WebElement::isEnabled)
                                    .findFirst();
                    button.ifPresent(
                            each -> {
                                it.executeScript(
                                        "arguments[0].scrollIntoView({block: 'center'})", each);
                                each.click();
                            });
                    return button.isPresent() ? true : null;
                });
    }

    private void picture(String name) throws IOException {
        Files.createDirectories(PICTURES);
        Files.write(PICTURES.resolve(name + ".png"), page().getScreenshotAs(OutputType.BYTES));
    }

    /** Nothing went wrong in the page but the answer to its question who is logged in. */
    private void assertQuiet() {
        List<String> lines =
                page().manage().logs().get(LogType.BROWSER).getAll().stream()
                        .map(LogEntry::getMessage)
                        .filter(it -> !it.contains("/v1/session") || !it.contains("401"))
                        .toList();
        assertThat(lines).isEmpty();
    }

    private void type(String text) {
        WebElement field = element(".phone input[name=typed]:not([disabled])");
        field.clear();
        field.sendKeys(text, Keys.ENTER);
    }

    /** A subscriber dials, reads, answers with a secret, reads the last text. */
    private void holdADialog() {
        go("phone");
        type("*100#");
        awaitText(".glass", "<b>Moon</b> & money", "2. \"Quotes\"");
        type("1");
        awaitText(".glass", "PIN?");
        await(
                it ->
                        it.findElements(By.cssSelector(".phone input[type=password]")).stream()
                                .findFirst()
                                .orElse(null));
        type(PIN);
        awaitText(".glass", "Balance: 12.50");
        assertThat(element(".phone input[name=typed]").getDomProperty("value")).isEmpty();
    }

    // ---- what people do

    @Test
    void a_menu_with_a_secret_is_dialled_and_is_found_among_dialogs_and_records() throws Exception {
        console("operator");

        holdADialog();

        awaitText(".history", "*100#", "PIN?", "****", "Balance: 12.50", "responded");
        awaitText(".history", "<script>document.title = 'broken into'</script>");
        picture("phone-dialled");
        String id = element(".phone-row a[href^='/dialogs/']").getText();
        go("dialogs");
        awaitText("tbody", "*100#", "main", "responded", "27761234567");
        element("a[href='/dialogs/%s']".formatted(id)).click();
        awaitText("main", "*100#", "****", "Balance: 12.50", "main.lua:");
        picture("dialog");
        press("Records of this dialog");
        awaitText("tbody", "USSD-PROCESS", "USSD-PROCESS-R", id);
        assertThat(page().getPageSource()).doesNotContain(PIN);
        assertThat(page().getTitle()).doesNotContain("broken into");
        assertQuiet();
    }

    @Test
    void a_dialog_appears_and_ends_while_the_list_is_open() throws Exception {
        console("operator");
        go("dialogs");
        awaitText("main", "No dialog has begun since the start.");

        StringWriter screens = new StringWriter();
        assertThat(
                        InProcess.ussd(
                                screens, screens, "dial", "--live", "--rules", path(), "*100#", "1",
                                PIN))
                .as(screens::toString)
                .isZero();

        awaitText("tbody", "*100#", "responded");
        press("Pause");
        assertQuiet();
    }

    /** A phone that is on takes what is pushed to its number. */
    @Test
    void a_push_is_ordered_shown_answered_and_leads_to_its_dialog() throws Exception {
        rules("push: {route: hlr}");
        console("operator");
        go("phone");
        element(".phone-row input[type=checkbox]").click();
        awaitText(".glass", "On.");
        go("pushes");
        awaitText("main", "No push has been ordered.", "0 of at most 100,000 wait");

        order("27761234567", "menu", "Do you <b>agree</b>?\n1. Yes");
        go("phone");
        awaitText(".glass", "Do you <b>agree</b>?");
        type("1");
        go("pushes");

        awaitText("tbody", "27761234567", "menu", "completed", "api operator");
        awaitText(".strip", "completed: 1");
        picture("pushes-completed");
        element("tbody a[href^='/pushes/']").click();
        awaitText("dl", "Answer\n1", "Attempts\n1", "By\napi operator");
        assertThat(element("main button").isEnabled()).isFalse(); // too late to withdraw
        picture("push");
        element("dl a[href^='/dialogs/']").click();
        awaitText(".history", "Do you <b>agree</b>?", "1");
        assertQuiet();
    }

    @Test
    void a_push_that_waits_is_withdrawn_and_a_wrong_order_is_told_by_its_fields() throws Exception {
        LocalTime now = LocalTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.MINUTES);
        rules(
                "time_zone: UTC\npush: {route: hlr, quiet_hours: \"%s-%s\"}"
                        .formatted(now.minusHours(1), now.plusHours(2)));
        console("operator");
        go("pushes");
        awaitText("main", "No push has been ordered.");
        element("form.order [name=expires]").sendKeys("soon");
        order("1", "notify", "Hello");
        awaitText("form.order", "5 to 15 digits", "allowed is a duration");
        picture("push-wrong");
        element("form.order [name=expires]").clear();
        order("27761234567", "notify", "Hello");
        awaitText("form.order", "Accepted:");
        awaitText("tbody", "27761234567", "queued");
        element("tbody a[href^='/pushes/']").click();
        press("Withdraw");
        awaitText(".head", "cancelled");
        go("pushes");
        awaitText("tbody", "cancelled");
    }

    private void order(String number, String what, String text) {
        WebElement field = element("form.order [name=msisdn]");
        field.clear();
        field.sendKeys(number);
        new Select(element("form.order [name=what]")).selectByValue(what);
        WebElement area = element("form.order [name=text]");
        area.clear();
        area.sendKeys(text);
        press("Push");
    }

    @Test
    void a_broken_script_is_read_and_mended_and_its_tests_run() throws Exception {
        console("admin");
        go("scripts");
        awaitText("tbody", "main");
        element("tbody a[href='/scripts/main']").click();
        awaitText(".source", "Balance: 12.50");

        save("scripts/main.lua", SCRIPT.replace("ussd.menu(\"PIN?\"", "ussd.menuu(\"PIN?\""));

        awaitText("main", "differs from what is in service", "menuu");
        awaitText(".source .said", "menuu");
        picture("script-broken");
        save("scripts/main.lua", SCRIPT.replace("12.50", "13.50"));
        await(it -> it.findElements(By.cssSelector(".source .said")).isEmpty() ? true : null);
        awaitText(".source", "13.50");
        press("Run tests");
        awaitText("main", "1 failed", "Balance: 13.50");
        assertThat(page().findElements(By.cssSelector(".source li.missed"))).isNotEmpty();
        picture("script-tests");

        press("Put this back");
        element("dialog[open] button[value=yes]").click();

        awaitText(".source", "12.50");
        assertThat(folder.resolve("scripts/main.lua")).content().isEqualTo(SCRIPT);
        press("Run tests");
        awaitText("main", "1 passed");
        go("");
        awaitText("main", "asked for by admin");
        assertQuiet();
    }

    @Test
    void who_answers_is_told_with_the_why() throws Exception {
        console("viewer");
        go("rules");
        element("[name=code]").sendKeys("*100*5#");
        element("[name=msisdn]").sendKeys("27761234567", Keys.ENTER);

        awaitText("main", "main answers, by the trigger on line");
        awaitText("tbody", "does not match", "answers");
        assertThat(page().getCurrentUrl()).contains("code=*100*5").contains("msisdn=27761234567");
        assertQuiet();
    }

    @Test
    void a_viewer_sees_no_number_and_may_not_dial() throws Exception {
        console("viewer");
        StringWriter screens = new StringWriter();
        InProcess.ussd(
                screens,
                screens,
                "dial",
                "--live",
                "--rules",
                path(),
                "--msisdn",
                "27761234567",
                "*100#",
                "1",
                PIN);

        go("dialogs");
        awaitText("tbody", "*100#", "2776123****");
        element("tbody a[href^='/dialogs/']").click();
        awaitText(".history", "Balance: 12.50");
        assertThat(page().getPageSource()).doesNotContain("27761234567");
        go("edrs");
        awaitText("tbody", "USSD-PROCESS");
        assertThat(page().getPageSource()).doesNotContain("27761234567");
        go("phone");
        awaitText("main", "This needs the role operator.");
        assertQuiet();
    }

    @Test
    void a_link_is_seen_to_go_down() throws Exception {
        rules(
                """
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
                """);
        console("operator");
        int port = Integer.parseInt(listeningPort());
        SigtranHandsets peer =
                new SigtranHandsets(
                        1,
                        2,
                        new SigtranHandsets.Far(2, null, List.of(6)),
                        SigtranHandsets.link(
                                Mode.SGW,
                                101,
                                2,
                                Association.connecting("h1", new HostPort("127.0.0.1", port))),
                        SignallingLimits.of(100));
        open.add(peer);
        peer.start();
        peer.awaitReady(PATIENCE);
        go("links");
        awaitText("tbody", "a1", "up", "active");
        picture("links-up");
        element("[name=msisdn]").sendKeys("27761234567");
        press("Start the trace");
        awaitText("main", "so far");
        await(it -> element("main [role=status]").getText().startsWith("0 B") ? null : true);
        press("Stop and save");
        element("main form button.main");
        await(it -> Files.exists(folder.resolve("27761234567.pcap")) ? true : null);

        peer.close();

        awaitText("tbody", "a1", "down");
        awaitText("header", "trouble");
        element("header .state summary").click();
        awaitText("header .drop", "a1");
        picture("links-down");
        assertQuiet();
    }

    /** From what status tells: the log has been read past it, or not. */
    private String listeningPort() {
        StringWriter out = new StringWriter();
        InProcess.ussd(out, out, "status", "--rules", path());
        Matcher found = Pattern.compile("127\\.0\\.0\\.1:(\\d+)").matcher(out.toString());
        assertThat(found.find()).as(out.toString()).isTrue();
        return found.group(1);
    }

    @Test
    void a_session_that_ends_asks_for_a_login_and_the_page_goes_on_where_it_was() throws Exception {
        ChromeDriver page = console("operator");
        go("phone");
        type("*100#");
        awaitText(".glass", "1. Balance");
        go("dialogs");
        awaitText("tbody", "*100#");
        element("main [name=code]").sendKeys("*100", Keys.ENTER);
        awaitUrl("code=*100");

        // nothing on this page calls the engine: the events alone have to tell
        page.executeAsyncScript(
                "const done = arguments[0]; fetch('/v1/session', {method: 'DELETE'}).then(() => done());");
        awaitText("form", "Your session has ended.");
        assertThat(page.getPageSource()).doesNotContain("27761234567", "1. Balance");
        assertThat(element("[name=user]").getDomProperty("value")).isEqualTo("operator");
        element("[name=password]").sendKeys("moon-operator-4711", Keys.ENTER);

        awaitText("tbody", "*100#", "open");
        awaitUrl("code=*100");
        go("phone");
        awaitText(".glass", "1. Balance");
        page.executeAsyncScript(
                "const done = arguments[0]; fetch('/v1/session', {method: 'DELETE'}).then(() => done());");
        awaitText("form", "Your session has ended.");
        element("[name=password]").sendKeys("moon-operator-4711", Keys.ENTER);
        type("1");
        awaitText(".glass", "PIN?");
        awaitText(".history", "PIN?");
    }

    @Test
    void what_the_events_did_not_tell_is_read_anew() throws Exception {
        ChromeDriver page = console("operator");
        page.executeScript(
                """
                const Real = window.EventSource;
                window.EventSource = class extends Real {
                  constructor(url) {
                    super(url);
                    window.events = this;
                  }
                };
                """);
        go("dialogs");
        awaitText("main", "No dialog has begun since the start.");
        await(it -> it.executeScript("return window.events?.readyState === 1 ? true : null"));

        page.executeScript("window.events.close()");
        dial("*100#", "1", PIN);
        page.executeScript("window.events.onopen()");

        awaitText("tbody", "*100#");
        dial("*100*2#", "1", PIN);
        page.executeScript(
                "window.events.dispatchEvent(new MessageEvent('lost', {data: '{\"count\": 7}'}))");
        awaitText("tbody", "*100*2#");
        awaitText("main", "7 events were left out");
        assertQuiet();
    }

    /** From elsewhere, with an answer to each menu: nothing is read from the standard input. */
    private void dial(String code, String... answers) {
        StringWriter screens = new StringWriter();
        List<String> arguments =
                new ArrayList<>(List.of("dial", "--live", "--rules", path(), code));
        arguments.addAll(List.of(answers));
        InProcess.ussd(screens, screens, arguments.toArray(String[]::new));
        assertThat(screens.toString()).contains("PIN?");
    }

    @Test
    void a_phone_that_is_on_shows_what_is_pushed_by_itself() throws Exception {
        save(
                "scripts/main.lua",
                """
                push.send{msisdn = "27761234567", kind = "menu", text = "Do you agree?"}
                return "You will be asked"
                """);
        rules("push: {route: hlr}");
        console("operator");
        go("phone");
        element(".phone-row input[name=on]").click();
        awaitText(".glass", "On. Dial a code, or wait for a push.");
        type("*100#");
        awaitText(".glass", "Do you agree?");
        awaitText(".history", "Do you agree?", "has left");
        type("1");
        awaitText(".glass", "Ended without a text.");
        awaitText(".history", "Do you agree?", "completed");
        picture("phone-pushed");
        element(".phone-row input[name=on]").click();
        awaitText(".glass", "Dial a code, such as *100#");
        assertQuiet();
    }

    @Test
    void each_of_several_phones_shows_its_own_dialog_as_it_goes() throws Exception {
        console("operator");
        go("phone");
        String row = ".phone-row:nth-of-type(%d) ";
        for (int i = 1; i <= 5; i++) {
            if (i > 1) {
                press("Another phone");
            }
            dialOn(row.formatted(i), "*100*" + i + "#");
            awaitText(row.formatted(i) + ".glass", "1. Balance");
        }
        for (int i = 1; i <= 5; i++) {
            awaitText(row.formatted(i) + ".history", "*100*" + i + "#", "1. Balance");
            dialOn(row.formatted(i), String.valueOf(i));
            awaitText(row.formatted(i) + ".glass", "PIN?");
            awaitText(row.formatted(i) + ".history", "PIN?");
        }
        assertQuiet();
    }

    private void dialOn(String row, String text) {
        WebElement field = element(row + "input[name=typed]:not([disabled])");
        page().executeScript("arguments[0].scrollIntoView({block: 'center'})", field);
        field.clear();
        field.sendKeys(text, Keys.ENTER);
    }

    private void awaitUrl(String part) {
        await(it -> String.valueOf(it.getCurrentUrl()).contains(part) ? true : null);
    }

    @Test
    void the_keyboard_goes_everywhere() throws Exception {
        ChromeDriver page = console("viewer");
        WebElement body = element("body");

        hitUntil("Dialogs", "g", "d");
        body.sendKeys("/");
        await(
                it ->
                        it.switchTo().activeElement().getAttribute("data-search") != null
                                ? true
                                : null);
        page.switchTo().activeElement().sendKeys(Keys.ESCAPE);
        body.sendKeys("?");
        awaitText("dialog[open]", "Keyboard", "Search on this page");
        page.switchTo().activeElement().sendKeys(Keys.ESCAPE);
        await(it -> it.findElements(By.cssSelector("dialog[open]")).isEmpty() ? true : null);
        hitUntil("Who answers?", "g", "r");
        page.navigate().back();
        awaitText("h1", "Dialogs");
        assertQuiet();
    }

    /** Two keys count as one wish within a time only, which a slow machine may miss. */
    private void hitUntil(String heading, String... keys) {
        await(
                it -> {
                    if (it.findElements(By.cssSelector("h1")).stream()
                            .anyMatch(each -> each.getText().equals(heading))) {
                        return true;
                    }
                    element("body").sendKeys(keys);
                    return null;
                });
    }

    @Test
    void each_page_fits_is_named_for_a_screen_reader_and_is_pictured() throws Exception {
        rules("push: {route: hlr}");
        ChromeDriver page = console("admin");
        holdADialog();
        awaitText(".history", "responded");
        for (int width : new int[] {1280, 360}) {
            page.manage().window().setSize(new Dimension(Math.max(width, 500), 900));
            page.executeCdpCommand(
                    "Emulation.setDeviceMetricsOverride",
                    Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", false));
            for (String name : PAGES) {
                page.get(home + "/" + name);
                element("main h1");
                await(
                        it ->
                                it.findElements(By.cssSelector("main [role=status].empty"))
                                                .isEmpty()
                                        ? true
                                        : null);
                assertThat(
                                page.executeScript(
                                        "return document.documentElement.scrollWidth - document.documentElement.clientWidth"))
                        .as("what stands out of /%s at %d", name, width)
                        .isEqualTo(0L);
                assertThat(page.executeScript(UNNAMED))
                        .as("/%s at %d", name, width)
                        .isEqualTo(List.of());
                picture((name.isEmpty() ? "now" : name) + "-" + width);
            }
        }
        assertQuiet();
    }

    /** What a screen reader could not name, or the page says twice. */
    private static final String UNNAMED =
            """
            const bad = [];
            const named = (e) => e.getAttribute('aria-label') || e.textContent.trim() || e.title
              || (e.getAttribute('aria-labelledby') ?? '').split(' ').some((id) => document.getElementById(id))
              || (e.labels && e.labels.length > 0);
            for (const e of document.querySelectorAll('a, button, input, select, textarea, summary, [role=img], dialog, nav, figure')) {
              if (!named(e)) bad.push(e.outerHTML);
            }
            const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
            for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) bad.push('twice: ' + id);
            for (const table of document.querySelectorAll('table')) if (!table.querySelector('thead th')) bad.push('a table without heads');
            if (document.querySelectorAll('main').length !== 1) bad.push('main');
            if (document.querySelectorAll('h1').length === 0) bad.push('no h1');
            if (!document.documentElement.lang) bad.push('lang');
            return bad;
            """;
}
