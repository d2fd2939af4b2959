package io.moondial.dialogtest.report;

import io.moondial.dialogtest.report.FailureText.Paint;
import io.moondial.dialogtest.run.TestResult;
import io.moondial.dialogtest.run.TestResult.Failure;
import io.moondial.dialogtest.run.TestResult.Status;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * All results in the XML form that continuous integration reads: a suite for each file, a case for
 * each test, at most one failure, error or skip in it.
 */
public final class JunitReport {
    private final XMLStreamWriter xml;

    private JunitReport(XMLStreamWriter xml) {
        this.xml = xml;
    }

    /** Writes a file, in a folder that is there. */
    public static void write(Path file, List<TestResult> results) throws IOException {
        try (Writer out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(out);
            new JunitReport(xml).write(results);
            xml.close();
        } catch (XMLStreamException e) {
            throw new IOException("the report cannot be written: " + e.getMessage(), e);
        }
    }

    private void write(List<TestResult> results) throws XMLStreamException {
        xml.writeStartDocument("UTF-8", "1.0");
        xml.writeCharacters("\n");
        xml.writeStartElement("testsuites");
        counts(results);
        Map<String, List<TestResult>> files = new LinkedHashMap<>();
        for (TestResult result : results) {
            files.computeIfAbsent(result.test().file().name(), it -> new ArrayList<>()).add(result);
        }
        for (var file : files.entrySet()) {
            suite(file.getKey(), file.getValue());
        }
        xml.writeCharacters("\n");
        xml.writeEndElement();
        xml.writeCharacters("\n");
        xml.writeEndDocument();
    }

    private void suite(String file, List<TestResult> tests) throws XMLStreamException {
        xml.writeCharacters("\n  ");
        xml.writeStartElement("testsuite");
        attribute("name", file);
        counts(tests);
        for (TestResult test : tests) {
            testCase(file, test);
        }
        xml.writeCharacters("\n  ");
        xml.writeEndElement();
    }

    private void counts(List<TestResult> tests) throws XMLStreamException {
        attribute("tests", String.valueOf(tests.size()));
        attribute("failures", count(tests, Status.FAILED));
        attribute("errors", count(tests, Status.BROKEN));
        attribute("skipped", count(tests, Status.SKIPPED));
    }

    private static String count(List<TestResult> tests, Status status) {
        return String.valueOf(tests.stream().filter(it -> it.status() == status).count());
    }

    private void testCase(String file, TestResult result) throws XMLStreamException {
        xml.writeCharacters("\n    ");
        boolean passed = result.status() == Status.PASSED;
        if (passed) {
            xml.writeEmptyElement("testcase");
        } else {
            xml.writeStartElement("testcase");
        }
        attribute("classname", file);
        attribute("name", result.test().name());
        attribute("file", file);
        attribute("line", String.valueOf(result.test().at().first()));
        if (!passed) {
            why(result);
            xml.writeCharacters("\n    ");
            xml.writeEndElement();
        }
    }

    private void why(TestResult result) throws XMLStreamException {
        xml.writeCharacters("\n      ");
        switch (result.status()) {
            case SKIPPED -> {
                xml.writeEmptyElement("skipped");
                attribute("message", String.valueOf(result.reason()));
            }
            case FAILED -> element("failure", messages(result), result);
            case BROKEN -> element("error", String.valueOf(result.reason()), result);
            case PASSED -> throw new IllegalStateException("there is nothing to tell of");
        }
    }

    private static String messages(TestResult result) {
        return String.join(
                "; ",
                result.failures().stream()
                        .map(
                                (Failure it) ->
                                        result.test().file().name()
                                                + ":"
                                                + it.at().first()
                                                + ": "
                                                + it.message())
                        .toList());
    }

    private void element(String name, String message, TestResult result) throws XMLStreamException {
        xml.writeStartElement(name);
        attribute("message", message);
        xml.writeCharacters(allowed(FailureText.of(result, Paint.PLAIN)));
        xml.writeEndElement();
    }

    private void attribute(String name, String value) throws XMLStreamException {
        xml.writeAttribute(name, allowed(value));
    }

    /** What XML 1.0 cannot hold at all is replaced (2.2, Char). */
    private static String allowed(String text) {
        StringBuilder allowed = new StringBuilder(text.length());
        text.codePoints().map(JunitReport::allowed).forEach(allowed::appendCodePoint);
        return allowed.toString();
    }

    private static int allowed(int point) {
        boolean good =
                point == '\t'
                        || point == '\n'
                        || point == '\r'
                        || (point >= 0x20 && point <= 0xD7FF)
                        || (point >= 0xE000 && point <= 0xFFFD)
                        || point >= 0x10000;
        return good ? point : 0xFFFD;
    }
}
