import Testing
@testable import WarehouseTerminal

@Suite struct KeyDecoderTests {
    private func keys(_ bytes: [UInt8], flushing: Bool = true) -> [Key] {
        var decoder = KeyDecoder(), keys: [Key] = []
        decoder.feed(bytes)
        while let key = decoder.next() { keys.append(key) }
        while flushing, let key = decoder.flush() { keys.append(key) }
        return keys
    }

    private func keys(_ text: String) -> [Key] { keys(Array(text.utf8)) }

    @Test func lettersAndControls() {
        #expect(keys("abc") == [.text("abc")])
        #expect(keys("a\u{1}b\u{7F}\r\n\t\u{4}\u{1F}") == [
            .text("a"), .control("a"), .text("b"), .backspace, .enter, .enter, .tab, .control("d"), .control("_"),
        ])
        #expect(keys("日本\u{E9}👩‍💻") == [.text("日本\u{E9}👩‍💻")])
    }

    @Test func sequences() {
        #expect(keys("\u{1B}[A\u{1B}[B\u{1B}[C\u{1B}[D\u{1B}OH\u{1B}OF") == [.up, .down, .right, .left, .home, .end])
        #expect(keys("\u{1B}[1~\u{1B}[4~\u{1B}[3~\u{1B}[5~\u{1B}[6~\u{1B}[Z") == [
            .home, .end, .delete, .pageUp, .pageDown, .backTab,
        ])
        #expect(keys("\u{1B}[1;5C\u{1B}[1;3D\u{1B}Oc\u{1B}[1;2C") == [.wordRight, .wordLeft, .wordRight, .right])
        #expect(keys("\u{1B}b\u{1B}\u{7F}\u{1B}\r\u{1B}<") == [.meta("b"), .metaBackspace, .metaEnter, .meta("<")])
        // Reports of a mouse, function keys, answers to questions: swallowed whole.
        #expect(keys("\u{1B}[15~\u{1B}[?1;2c\u{1B}[<0;1;2M\u{1B}[<0;1;2mx") == [.text("x")])
        #expect(keys("\u{1B}") == [.escape])
        #expect(keys("\u{1B}[") == [.meta("[")])
    }

    /// Whatever cuts the bytes: the keys are the same.
    @Test func bytesComeInPieces() {
        let text = "sé日\u{1B}[1;5C\u{1B}[200~a\nb\u{1B}[201~👩\u{1B}[A"
        let whole = keys(text)
        #expect(whole == [.text("sé日"), .wordRight, .paste("a\nb"), .text("👩"), .up])
        var decoder = KeyDecoder(), pieces: [Key] = []
        for byte in text.utf8 {
            decoder.feed([byte])
            while let key = decoder.next() { pieces.append(key) }
        }
        #expect(!decoder.isWaiting)
        #expect(pieces == [
            .text("s"), .text("é"), .text("日"), .wordRight, .paste("a\nb"), .text("👩"), .up,
        ])
    }

    @Test func pastesKeepTheirLines() {
        #expect(keys("\u{1B}[200~SELECT\r\n 1\r;\u{1B}[A\u{1B}[201~x") == [.paste("SELECT\n 1\n;\u{1B}[A"), .text("x")])
        var decoder = KeyDecoder()
        decoder.feed(Array("\u{1B}[200~open".utf8))
        #expect(decoder.next() == nil && decoder.flush() == nil && decoder.isWaiting)
        decoder.feed(Array("\u{1B}[201~".utf8))
        #expect(decoder.next() == .paste("open"))
    }

    @Test func invalidBytesAreReplaced() {
        #expect(keys([0x61, 0xFF, 0x62]) == [.text("a\u{FFFD}b")])
        // A character that is never finished.
        #expect(keys([0xE6, 0x97]) == [.text("\u{FFFD}")])
    }
}
