import WarehouseBasics
import WarehouseSQL
import WarehouseTerminal

/// Finds what may stand at a place of a text of SQL.
struct SQLCompleter {
    let names: any CompletionNames

    func completions(_ text: String, at offset: Int) -> Completions {
        let context = CompletionContext(text, at: offset)
        if case .file(let prefix) = context.wanted { return files(context, prefix) }
        let collected = candidates(context)
        var seen: Set<String> = []
        return Completions(range: context.range, collected.filter { seen.insert($0.text).inserted })
    }

    private func candidates(_ context: CompletionContext) -> [Completion] {
        let wanted = context.wanted
        switch wanted {
        case .nothing, .file: return []
        case .statement: return words(SQLWords.statements, context)
        case .words(let list): return words(list, context)
        case .relation(let place): return relations(place, context)
        case .expression(let qualifiers) where !qualifiers.isEmpty: return members(qualifiers, context)
        case .expression: return expression(context)
        case .stage:
            let isMarked = context.word.hasPrefix("@")
            let typed = isMarked ? String(context.word.dropFirst()) : context.word
            if isMarked, typed.contains("/") { return stagedFiles(typed, context) }
            return matching(names.objects("STAGES"), typed, context).map {
                Completion((isMarked ? "@" : "") + $0, ending: isMarked ? "/" : " ")
            }
        case .fileFormat:
            let found = objects(names.objects("FILE FORMATS"), context)
            return context.isInString ? found.map { Completion($0.text, ending: "'") } : found
        case .database: return objects(names.databases(), context)
        case .schema(let place):
            let own = objects(names.schemas(of: place.first), context)
            return place.isEmpty ? own + qualifiers(names.databases(), context) : own
        case .role: return objects(names.objects("ROLES"), context)
        case .warehouse: return objects(names.objects("WAREHOUSES"), context)
        case .user: return objects(names.objects("USERS"), context)
        case .function: return objects(names.functions(), context)
        case .parameter:
            let ending = context.isInString ? "'" : context.isUnset ? "" : " = "
            return matching(names.parameters(), context.word, context).map { Completion($0, ending: ending) }
        case .sequence: return objects(names.objects("SEQUENCES"), context)
        case .place:
            return words(["DATABASE", "SCHEMA", "ROLE", "WAREHOUSE"], context) + objects(names.databases(), context)
                + objects(names.schemas(of: nil), context)
        }
    }

    // MARK: Kinds

    private func relations(_ place: [String], _ context: CompletionContext) -> [Completion] {
        var found = place.count < 3 ? objects(names.relations(in: place), context) : []
        if place.isEmpty { found += objects(context.commonTables, context) }
        if place.count < 2 {
            found += qualifiers(names.schemas(of: place.first), context)
        }
        if place.isEmpty {
            found += qualifiers(names.databases(), context)
            if !context.word.isEmpty { found += words(["LATERAL", "TABLE", "VALUES", "SELECT"], context) }
        }
        return found
    }

    /// What follows `name.` in an expression: columns of a table or alias; tables of a schema.
    private func members(_ qualifiers: [String], _ context: CompletionContext) -> [Completion] {
        for relation in context.relations
        where qualifiers == [relation.alias ?? relation.name.last ?? ""] || qualifiers == relation.name {
            return objects(names.columns(of: relation.name), context)
        }
        let columns = objects(names.columns(of: qualifiers), context)
        return columns.isEmpty ? relations(qualifiers, context) : columns
    }

    private func expression(_ context: CompletionContext) -> [Completion] {
        var found: [Completion] = []
        for relation in context.relations { found += objects(names.columns(of: relation.name), context) }
        // What stands before FROM is typed before it.
        if context.relations.isEmpty, context.isQuery, !context.word.isEmpty { found += objects(names.columns(), context) }
        let aliases = context.relations.compactMap { $0.alias ?? $0.name.last }
        found += qualifiers(aliases, context)
        // All functions and keywords at once are no help.
        guard !context.word.isEmpty, !context.word.hasPrefix("\"") else { return found }
        found += matching(names.functions(), context.word, context).filter { !$0.hasPrefix("\"") }
            .map { Completion($0 + "(", ending: "") }
        return found + words(SQLWords.keywords, context)
    }

    private func words(_ words: [String], _ context: CompletionContext) -> [Completion] {
        guard !context.word.hasPrefix("\"") else { return [] }
        let typed = Identifiers.folded(context.word), lower = prefersLower(context)
        return words.filter { $0.hasPrefix(typed) }.map { Completion(lower ? $0.lowercased() : $0) }
    }

    private func objects(_ found: [String], _ context: CompletionContext) -> [Completion] {
        matching(found, context.word, context).map { Completion($0) }
    }

    /// Names that a dot follows.
    private func qualifiers(_ found: [String], _ context: CompletionContext) -> [Completion] {
        matching(found, context.word, context).map { Completion($0 + ".", ending: "") }
    }

    private func prefersLower(_ context: CompletionContext) -> Bool {
        let letter = context.word.first { $0.isLetter }
        return letter.map { $0.isLowercase } ?? context.prefersLowerCase
    }

    /// Those names that begin as what is typed, written so that they mean what they are.
    private func matching(_ found: [String], _ typed: String, _ context: CompletionContext) -> [String] {
        if typed.hasPrefix("\"") {
            let begun = typed.dropFirst()
            return found.filter { $0.hasPrefix(begun) }.map(SessionNames.quoted)
        }
        let folded = Identifiers.folded(typed), lower = prefersLower(context)
        return found.compactMap { name in
            guard Identifiers.folded(name).hasPrefix(folded) else { return nil }
            let isPlain = Identifiers.quoted(name) == name && !SQLWords.isReserved(name)
            return !isPlain ? SessionNames.quoted(name) : lower ? name.lowercased() : name
        }
    }

    /// Files of the stage that is named before the first slash, and folders among them, one part of the path at a time.
    private func stagedFiles(_ typed: String, _ context: CompletionContext) -> [Completion] {
        let stage = typed.prefix { $0 != "/" }, path = typed.dropFirst(stage.count + 1)
        let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
        return names.files(ofStage: String(stage)).filter { $0.hasPrefix(path) }.compactMap { file in
            let rest = file.dropFirst(folder.count), part = rest.prefix { $0 != "/" }
            // A blank would end the name.
            guard !part.contains(where: { $0.isWhitespace || $0 == ";" || $0 == "'" || $0 == ")" }) else { return nil }
            let isFolder = part.count < rest.count
            return Completion("@\(stage)/\(folder)\(part)" + (isFolder ? "/" : ""), label: part + (isFolder ? "/" : ""),
                              ending: isFolder ? "" : context.isInString ? "'" : " ")
        }
    }

    private func files(_ context: CompletionContext, _ prefix: String) -> Completions {
        let path = String(context.word.dropFirst(prefix.count)), isQuoted = prefix.hasPrefix("'")
        return Completions(range: context.range, FileNames.beginning(with: path).compactMap { name in
            if !isQuoted, name.contains(where: { $0.isWhitespace || $0 == ";" }) { return nil }
            let isFolder = name.hasSuffix("/")
            return Completion(prefix + name + (isQuoted && !isFolder ? "'" : ""), label: FileNames.last(name),
                              ending: isFolder ? "" : " ")
        })
    }
}
