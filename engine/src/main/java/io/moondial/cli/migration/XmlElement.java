package io.moondial.cli.migration;

import io.moondial.ConfigurationException;
import io.moondial.file.PlainFile;
import io.moondial.file.PlainFile.UnreadableFileException;
import io.moondial.problem.Problem;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * An element of an XML file, with its place. A file is read within limits. It may not have a
 * document type: so it declares no entities, and leads to no other file.
 */
final class XmlElement {
    private static final int MAX_OCTETS = 1 << 20;
    private static final int MAX_ELEMENTS = 10_000;
    private static final int MAX_DEPTH = 32;
    private static final int MAX_ATTRIBUTES = 100;

    /** In the message of what is beyond a limit of the parser itself. */
    private static final String PARSER_LIMIT = "JAXP0001";

    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final String name;
    private final int line;
    private final int column;
    private final Map<String, String> attributes = new LinkedHashMap<>();
    private final List<XmlElement> children = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();

    private XmlElement(String name, int line, int column) {
        this.name = name;
        this.line = line;
        this.column = column;
    }

    String name() {
        return name;
    }

    /** The line of its beginning, from 1. */
    int line() {
        return line;
    }

    /** The column of its beginning, from 1, in characters. */
    int column() {
        return column;
    }

    Map<String, String> attributes() {
        return Collections.unmodifiableMap(attributes);
    }

    /** An attribute; null: it has none of this name. */
    @Nullable String attribute(String wanted) {
        return attributes.get(wanted);
    }

    List<XmlElement> children() {
        return Collections.unmodifiableList(children);
    }

    Stream<XmlElement> children(String wanted) {
        return children.stream().filter(it -> it.name.equals(wanted));
    }

    Optional<XmlElement> child(String wanted) {
        return children(wanted).findFirst();
    }

    /** What stands in it beside elements, without blanks around it. */
    String text() {
        return text.toString().strip();
    }

    /**
     * Reads a file.
     *
     * @return its root
     * @throws ConfigurationException if it is not XML in UTF-8, has a document type, or is beyond a
     *     limit
     */
    static XmlElement read(Path file) throws ConfigurationException {
        try {
            String content = content(file);
            if (content.isBlank()) {
                throw refused(file, 0, 0, "the file is empty");
            }
            return new Reader(file, content).read();
        } catch (UnreadableFileException e) {
            throw refused(file, 0, 0, e.reason());
        } catch (CharacterCodingException e) {
            throw refused(file, 0, 0, "the file is not in UTF-8: save it in UTF-8");
        }
    }

    private static String content(Path file)
            throws UnreadableFileException, CharacterCodingException {
        String text =
                StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(PlainFile.read(file, MAX_OCTETS)))
                        .toString();
        return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    }

    /** The line is not shown: it may hold a password. */
    private static ConfigurationException refused(Path file, int line, int column, String message) {
        return new ConfigurationException(
                List.of(new Problem(file, line, column, message, Problem.Severity.SECRET)));
    }

    /** One file in the reading. */
    private static final class Reader {
        private final Path file;
        private final Places places;
        private final XMLStreamReader xml;
        private final Deque<XmlElement> open = new ArrayDeque<>();
        private int count;

        Reader(Path file, String content) throws ConfigurationException {
            this.file = file;
            this.places = new Places(content);
            XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
            factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
            factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
            factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, false);
            try {
                this.xml = factory.createXMLStreamReader(new StringReader(content));
            } catch (XMLStreamException e) {
                throw malformed(e);
            }
        }

        XmlElement read() throws ConfigurationException {
            try {
                XmlElement root = null;
                while (xml.hasNext()) {
                    switch (xml.next()) {
                        case XMLStreamConstants.DTD ->
                                throw refused(
                                        file,
                                        xml.getLocation().getLineNumber(),
                                        0,
                                        "a document type (<!DOCTYPE ...>) is not read: remove it");
                        case XMLStreamConstants.START_ELEMENT -> {
                            XmlElement element = begin();
                            root = root == null ? element : root;
                            open.push(element);
                        }
                        case XMLStreamConstants.END_ELEMENT -> open.pop();
                        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
                            if (!open.isEmpty()) {
                                open.element().text.append(xml.getText());
                            }
                        }
                        default -> {} // comments, processing instructions, blanks around the root
                    }
                }
                if (root == null) {
                    throw refused(file, 0, 0, "the file has no element");
                }
                return root;
            } catch (XMLStreamException e) {
                throw malformed(e);
            }
        }

        private XmlElement begin() throws ConfigurationException {
            places.toNextElement();
            XmlElement element = new XmlElement(xml.getLocalName(), places.line(), places.column());
            if (++count > MAX_ELEMENTS) {
                throw beyond(element, "more than " + MAX_ELEMENTS + " elements");
            }
            if (open.size() >= MAX_DEPTH) {
                throw beyond(element, "more than " + MAX_DEPTH + " elements in each other");
            }
            if (xml.getAttributeCount() > MAX_ATTRIBUTES) {
                throw beyond(
                        element, "an element with more than " + MAX_ATTRIBUTES + " attributes");
            }
            for (int i = 0; i < xml.getAttributeCount(); i++) {
                element.attributes.put(xml.getAttributeLocalName(i), xml.getAttributeValue(i));
            }
            if (!open.isEmpty()) {
                open.element().children.add(element);
            }
            return element;
        }

        private ConfigurationException beyond(XmlElement at, String what) {
            return refused(
                    file, at.line, at.column, what + ": no such configuration is this large");
        }

        private ConfigurationException malformed(XMLStreamException e) {
            int line = e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getLineNumber());
            int column = line == 0 ? 0 : Math.max(0, e.getLocation().getColumnNumber());
            return refused(
                    file,
                    line,
                    column,
                    String.valueOf(e.getMessage()).contains(PARSER_LIMIT)
                            ? "names, attributes or references (such as &amp;) beyond what is read: no such configuration is this large"
                            : "this is not well-formed XML: look for an element without its end tag, and for & and < that are not written as &amp; and &lt;");
        }
    }

    /**
     * Where the elements of a text begin. The parser tells only where their first tags end. The
     * text is known to be well-formed as far as it has been asked.
     */
    private static final class Places {
        private final String text;
        private int next;
        private int at;
        private int line = 1;
        private int column = 1;

        Places(String text) {
            this.text = text;
        }

        void toNextElement() {
            int begin = text.indexOf('<', next);
            while ("!?/".indexOf(text.charAt(begin + 1)) >= 0) {
                begin = text.indexOf('<', endOf(begin));
            }
            while (at < begin) {
                char c = text.charAt(at++);
                if (c == '\n') {
                    line++;
                    column = 1;
                } else if (!Character.isLowSurrogate(c)) {
                    column++;
                }
            }
            next = endOf(begin);
        }

        /** Where the markup that begins here ends: a '>' may stand in it. */
        private int endOf(int begin) {
            if (text.startsWith("<!--", begin)) {
                return text.indexOf("-->", begin + 4) + 3;
            }
            if (text.startsWith("<![CDATA[", begin)) {
                return text.indexOf("]]>", begin) + 3;
            }
            if (text.startsWith("<?", begin)) {
                return text.indexOf("?>", begin) + 2;
            }
            int end = begin;
            for (char quote = 0; quote != 0 || text.charAt(end) != '>'; end++) {
                char c = text.charAt(end);
                if (quote == 0 && (c == '"' || c == '\'')) {
                    quote = c;
                } else if (c == quote) {
                    quote = 0;
                }
            }
            return end + 1;
        }

        int line() {
            return line;
        }

        int column() {
            return column;
        }
    }
}
