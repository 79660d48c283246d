import Testing
@testable import WarehouseTerminal

/// Texts end with `;`, words are those of a list.
private struct SampleLanguage: EditedLanguage {
    var words: [String] = []

    func isComplete(_ text: String) -> Bool { text.isEmpty || text.hasSuffix(";") }
    func spans(_ text: String) -> [StyledSpan] { text.hasPrefix("key") ? [StyledSpan(0..<3, .keyword)] : [] }
    func completions(_ text: String, at utf8Offset: Int) -> Completions {
        let before = Array(text.utf8)[..<utf8Offset]
        let start = before.lastIndex { $0 == 32 || $0 == 10 }.map { $0 + 1 } ?? 0
        let begun = String(decoding: before[start...], as: UTF8.self)
        return Completions(range: start..<utf8Offset, words.filter { $0.hasPrefix(begun) }.map { Completion($0) })
    }
}

/// An editor on a virtual terminal.
private struct Bench {
    var editor: Editor
    var painter = ScreenPainter()
    var screen: VirtualScreen
    let layout: EditorLayout
    let height: Int

    init(_ text: String = "", words: [String] = [], history: [String] = [], columns: Int = 20, height: Int = 8) {
        editor = Editor(text, language: SampleLanguage(words: words), history: History(history))
        screen = VirtualScreen(columns: columns, height: height)
        layout = EditorLayout(columns: columns, prompt: "> ", continuation: ". ", isColoured: false)
        self.height = height
        draw()
    }

    mutating func draw() { screen.send(painter.paint(layout.frame(editor), height: height)) }

    @discardableResult
    mutating func press(_ keys: Key...) -> Editor.Outcome {
        var outcome = Editor.Outcome.editing
        for key in keys {
            outcome = editor.handle(key)
            draw()
        }
        return outcome
    }

    /// The text with `|` where the cursor stands.
    var text: String {
        var characters = editor.buffer.characters
        characters.insert("|", at: editor.buffer.cursor)
        return String(characters)
    }
}

@Suite struct EditorTests {
    @Test func typingAndMoving() {
        var bench = Bench()
        bench.press(.text("one two"), .control("a"), .text("x"), .wordRight, .control("d"), .end, .left)
        #expect(bench.text == "xonetw|o")
        #expect(bench.screen.text == ["> xonetwo"])
        #expect(bench.screen.column == 2 + bench.editor.buffer.cursor)
        #expect(bench.press(.enter) == .editing)
        #expect(bench.press(.end, .text(";"), .enter) == .submitted(bench.editor.buffer.text))
    }

    @Test func cuttingAndPasting() {
        var bench = Bench("alpha beta gamma")
        bench.press(.control("w"), .control("w"))
        #expect(bench.text == "alpha |")
        bench.press(.control("y"), .control("a"), .meta("d"), .control("e"), .control("y"))
        #expect(bench.text == " beta gammaalpha|")
        bench.press(.control("u"))
        #expect(bench.text == "|")
        bench.press(.control("_"))
        #expect(bench.text == " beta gammaalpha|")
        bench.press(.control("a"), .control("k"), .text("ab"), .control("t"))
        #expect(bench.text == "ba|")
        bench.press(.control("a"), .meta("u"))
        #expect(bench.text == "BA|")
        for _ in 0..<12 { bench.press(.control("_")) }
        #expect(bench.press(.control("_")) == .refused)
        #expect(bench.text == "alpha beta gamma|")
    }

    @Test func keysThatEnd() {
        var bench = Bench()
        #expect(bench.press(.control("d")) == .ended)
        #expect(bench.press(.enter) == .submitted(""))
        #expect(bench.press(.text("a"), .control("d")) == .editing)
        #expect(bench.press(.control("c")) == .cancelled)
        #expect(bench.press(.control("z")) == .suspended)
        #expect(bench.press(.control("l")) == .cleared)
        #expect(bench.press(.control("x")) == .refused)
    }

    @Test func severalLines() {
        var bench = Bench()
        bench.press(.text("first"), .enter, .text("2nd"), .enter)
        #expect(bench.screen.text == ["> first", ". 2nd", "."])
        bench.press(.up, .up, .end, .text("!"), .down)
        #expect(bench.text == "first!\n2nd|\n")
        #expect(bench.screen.row == 1 && bench.screen.column == 5)
        bench.press(.home, .backspace)
        #expect(bench.screen.text == ["> first!2nd", "."])
        bench.press(.paste("x\r\ny"), .control("_"))
        #expect(bench.text == "first!|2nd\n")
        bench.press(.metaEnter)
        #expect(bench.screen.text == ["> first!", ". 2nd", "."])
    }

    @Test func charactersAreThoseOfAReader() {
        var bench = Bench()
        bench.press(.text("日本"), .text("e"), .text("\u{301}"), .text("👩"), .text("\u{200D}"), .text("💻"), .text("z"))
        #expect(bench.editor.buffer.characters.count == 5)
        #expect(bench.screen.column == 2 + 4 + 1 + 2 + 1)
        bench.press(.left, .backspace, .left, .backspace)
        #expect(bench.text == "日|e\u{301}z")
        #expect(bench.screen.text == ["> 日e\u{301}z"])
    }

    @Test func whatTerminalsObeyIsShown() {
        var bench = Bench()
        bench.press(.paste("a\u{1B}b\u{202E}c\td"))
        #expect(bench.screen.text == ["> a^[b<202E>c    d"])
    }

    // MARK: Rows

    @Test func longLinesWrap() {
        var bench = Bench(columns: 10)
        bench.press(.text("abcdefgh"))
        #expect(bench.screen.text == ["> abcdefgh"])
        #expect(bench.screen.row == 1 && bench.screen.column == 0)
        bench.press(.text("日"), .text("ijklmno日本"))
        #expect(bench.screen.text == ["> abcdefgh", "日ijklmno", "日本"])
        bench.press(.control("a"), .text("x"))
        #expect(bench.screen.text == ["> xabcdefg", "h日ijklmno", "日本"])
        #expect(bench.screen.row == 0 && bench.screen.column == 3)
        bench.press(.control("k"))
        #expect(bench.screen.text == ["> x"])
    }

    @Test func aTextHigherThanTheScreenScrolls() {
        var bench = Bench(height: 4)
        for line in 1...9 { bench.press(.text("line \(line)"), .enter) }
        #expect(bench.screen.text == [". line 7", ". line 8", ". line 9", "."])
        for _ in 1...9 { bench.press(.up) }
        #expect(bench.screen.text == ["> line 1", ". line 2", ". line 3", ". line 4"])
        bench.press(.end, .text("x"))
        #expect(bench.screen.text.first == "> line 1x")
        for _ in 1...5 { bench.press(.down) }
        #expect(bench.screen.text == [". line 3", ". line 4", ". line 5", ". line 6"])
    }

    /// Whatever is typed, what the painter leaves is what a fresh drawing would be.
    @Test func onlyWhatChangesIsDrawn() {
        let keys: [Key] = [.text("ab"), .text("日"), .enter, .up, .down, .left, .backspace, .control("k"), .control("y"), .home, .end,
                           .text("wörter "), .control("w"), .paste("x\ny y"), .control("_"), .tab, .delete, .wordLeft]
        var seed: UInt64 = 20_261_121
        for _ in 0..<60 {
            var bench = Bench(words: ["abc", "abd", "wort"], columns: 12, height: 6)
            for _ in 0..<40 {
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bench.press(keys[Int(seed >> 33) % keys.count])
                var fresh = ScreenPainter(), screen = VirtualScreen(columns: 12, height: 6)
                // A fresh painter shows the part around the cursor, but may begin at another row.
                screen.send(fresh.paint(bench.layout.frame(bench.editor), height: 6))
                let frame = bench.layout.frame(bench.editor)
                if frame.rows.count <= 6 {
                    #expect(bench.screen.text == screen.text)
                    #expect(bench.screen.row == screen.row)
                }
                #expect(bench.screen.column == screen.column)
            }
        }
    }

    // MARK: History

    @Test func historyKeepsWhatWasChangedOnTheWay() {
        var bench = Bench(history: ["one;", "two\nlines;"])
        bench.press(.text("new"), .up)
        #expect(bench.text == "two\nlines;|")
        bench.press(.text("x"), .up, .up)
        #expect(bench.text == "one;|")
        #expect(bench.press(.up) == .refused)
        bench.press(.down)
        #expect(bench.text == "two\nlines;x|")
        bench.press(.down)
        #expect(bench.text == "new|")
        #expect(bench.press(.down) == .refused)
        bench.press(.meta("<"))
        #expect(bench.text == "one;|")
    }

    @Test func searches() {
        var bench = Bench(history: ["select 1;", "insert;", "SELECT 2;", "drop;"])
        bench.press(.text("typed"), .control("r"), .text("sel"))
        #expect(bench.text == "|SELECT 2;")
        #expect(bench.screen.text == ["> SELECT 2;", "search: sel_"])
        bench.press(.control("r"))
        #expect(bench.text == "|select 1;")
        #expect(bench.press(.control("r")) == .refused)
        bench.press(.control("s"))
        #expect(bench.text == "|SELECT 2;")
        bench.press(.text("x"))
        #expect(bench.screen.text.last?.hasPrefix("nothing found") == true)
        bench.press(.control("g"))
        #expect(bench.text == "typed|")
        #expect(bench.screen.text == ["> typed"])
        #expect(bench.press(.control("r"), .text("ins"), .enter) == .submitted("insert;"))
        bench = Bench(history: ["select 1;", "drop;"])
        bench.press(.control("r"), .text("dro"), .right)
        #expect(bench.text == "d|rop;")
        #expect(bench.editor.search == nil)
    }

    @Test func historyDropsRepeatsAndOldEntries() {
        var history = History(limit: 3)
        let added = ["a", "a", "b", "a", "", "c"].map { history.add($0) }
        #expect(added == [true, false, true, true, false, true])
        #expect(history.entries == ["b", "a", "c"])
    }

    // MARK: Completion

    @Test func oneCandidateIsTaken() {
        var bench = Bench(words: ["select", "table"])
        bench.press(.text("sel"), .tab)
        #expect(bench.text == "select |")
        #expect(bench.press(.text("x"), .tab) == .refused)
    }

    @Test func severalCandidatesAreListed() {
        var bench = Bench(words: ["tab_one", "tab_other", "tab_three"])
        bench.press(.text("x t"), .tab)
        #expect(bench.text == "x tab_|")
        #expect(bench.screen.text == ["> x tab_", "tab_one", "tab_other", "tab_three"])
        bench.press(.tab)
        #expect(bench.text == "x tab_one|")
        bench.press(.backTab)
        #expect(bench.text == "x tab_three|")
        bench.press(.tab, .tab)
        #expect(bench.text == "x tab_other|")
        bench.press(.text(" y"))
        #expect(bench.screen.text == ["> x tab_other y"])
        bench.press(.control("_"), .control("_"))
        #expect(bench.editor.choice == nil)
    }

    @Test func manyCandidatesScroll() {
        var bench = Bench(words: (100..<160).map { "w\($0)" }, columns: 20, height: 14)
        bench.press(.text("w"), .tab)
        #expect(bench.screen.text.count == 10)
        #expect(bench.screen.text.last?.hasPrefix("60 candidates") == true)
        for _ in 0..<50 { bench.press(.tab) }
        #expect(bench.text == "w149|")
        #expect(bench.screen.text.contains { $0.contains("w149") })
        bench.press(.escape)
        #expect(bench.screen.text == ["> w149"])
    }

    // MARK: Leaving

    @Test func theNextOutputBeginsBelow() {
        var bench = Bench("one\ntwo\nthree")
        bench.press(.up, .up)
        bench.screen.send(bench.painter.leave() + "out")
        #expect(bench.screen.text == ["> one", ". two", ". three", "out"])
    }

    @Test func aNarrowerTerminalIsErased() {
        var bench = Bench("abcdefghijklmnop", columns: 20)
        bench.press(.home)
        // What a terminal of 10 columns makes of the row: two.
        var screen = VirtualScreen(columns: 10, height: 8)
        screen.send("> abcdefgh\r\nijklmnop\r\u{1B}[1A\u{1B}[2C")
        screen.send(bench.painter.eraseReflowed(columns: 10))
        #expect(screen.text.isEmpty)
        #expect(screen.row == 0 && screen.column == 0)
    }
}
