import { IconSql } from "../parts/icons";
import { Empty } from "../parts/notice";

export default function SQLRoom() {
  return <Empty icon={<IconSql size={28} />} title="SQL" />;
}
