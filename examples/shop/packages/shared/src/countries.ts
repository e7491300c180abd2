export const COUNTRY_CODE_LENGTH = 2;
export const HOME_COUNTRY = "DE";
