import WarehouseBasics
import WarehouseModels

/// An HTML page that holds its style, its scripts and its data, and that reads nothing from elsewhere.
package struct Page: Sendable {
    package var title: String
    package var language = "en"
    package var styles: [String]
    package var scripts: [String]
    /// By the ids under which scripts find them.
    package var data: [(id: String, value: JSON)]
    /// Markup that is there before a script has run.
    package var body: String

    package init(title: String, styles: [String], scripts: [String], data: [(id: String, value: JSON)], body: String) {
        self.title = title
        self.styles = styles
        self.scripts = scripts
        self.data = data
        self.body = body
    }

    /// What the page may do: run the scripts and use the styles that it was made with, ask its own origin, and nothing
    /// else. A value that gets into the markup by mistake still runs nothing.
    package var contentSecurityPolicy: String {
        func hashes(_ texts: [String]) -> String {
            texts.map { "'sha256-\(Base64.string(SHA.digest(.sha256, Array($0.utf8))))'" }.joined(separator: " ")
        }
        return "default-src 'none'; script-src \(hashes(scripts)); style-src \(hashes(styles)); img-src data: blob:; "
            + "connect-src 'self'; base-uri 'none'; form-action 'none'"
    }

    package var html: String {
        var out = """
            <!DOCTYPE html>
            <html lang="\(language)">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="\(MarkupText.escaped(contentSecurityPolicy))">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="referrer" content="no-referrer">
            <link rel="icon" href="data:,">
            <title>\(MarkupText.escaped(title))</title>

            """
        for style in styles { out += "<style>\(style)</style>\n" }
        out += "</head>\n<body>\n\(body)\n"
        for (id, value) in data {
            out += "<script type=\"application/json\" id=\"\(MarkupText.escaped(id))\">\(value.pageText)</script>\n"
        }
        for script in scripts { out += "<script>\(script)</script>\n" }
        return out + "</body>\n</html>\n"
    }
}

/// RFC 4648, with padding.
package enum Base64 {
    package static func string(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var out: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let left = bytes.count - index
            let word = UInt32(bytes[index]) << 16 | (left > 1 ? UInt32(bytes[index + 1]) << 8 : 0)
                | (left > 2 ? UInt32(bytes[index + 2]) : 0)
            out.append(alphabet[Int(word >> 18 & 63)])
            out.append(alphabet[Int(word >> 12 & 63)])
            out.append(left > 1 ? alphabet[Int(word >> 6 & 63)] : UInt8(ascii: "="))
            out.append(left > 2 ? alphabet[Int(word & 63)] : UInt8(ascii: "="))
            index += 3
        }
        return String(decoding: out, as: UTF8.self)
    }
}
