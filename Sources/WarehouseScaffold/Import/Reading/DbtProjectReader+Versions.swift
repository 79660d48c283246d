import WarehouseBasics

extension DbtProjectReader {
    /// The versions of a model: each is described as the model is, in a file of its own.
    mutating func readVersions(of name: String, _ entry: YAMLValue, _ path: String) {
        var files: [String: String] = [:], latest: String?
        for version in entry["versions"].elements {
            guard let number = version["v"].text else { continue }
            let file = version["defined_in"].text ?? "\(name)_v\(number)"
            files[number] = file
            if properties["model.\(file)"] == nil { properties["model.\(file)"] = (entry, path) }
            if latest.flatMap({ Double($0) }) ?? -.infinity < Double(number) ?? 0 { latest = number }
        }
        guard let latest else { return }
        versions[name] = (entry["latest_version"].text ?? latest, files)
    }
}
