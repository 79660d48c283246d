// WarehouseTerminal edits texts on a terminal: bytes to keys (KeyDecoder), keys to a text (Editor), the text to rows
// (EditorLayout), rows to escape sequences (ScreenPainter). TerminalReader joins them to a real terminal; everything
// else is free of input and output. It knows nothing of SQL: what is complete, how it is coloured and what may follow
// it is told by an `EditedLanguage`.
